"""The error for an invalid order names the field and the rule, and never repeats the value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.antom.models import CARD_FIELDS, CaptureMode, RawMpiData
from holdfast.antom.models.card import RawCardMetaData
from holdfast.errors import InvalidOrder
from holdfast.order import AuthorizationExpiry, PaymentMethod, PaymentOrder, parse_order
from holdfast.temporal.connection import data_converter
from tests.support.each_case import each_case
from tests.support.orders import PAN, order_fields, with_metadata

CARD_REFERENCE = "card_" + "a" * 20
REFERENCES = "must match ^[A-Za-z0-9._-]{1,48}$"
DOTS = "must not be . or .., which URLs drop"
DIGITS = "must be a positive whole number of minor units: 1 to 16 digits, no leading zero"
SECRET = "S3cret-Value"


def eur(value: object) -> dict[str, object]:
    return {"currency": "EUR", "value": value}


def refusal(fields: object) -> str:
    with pytest.raises(InvalidOrder) as caught:
        parse_order(fields)
    assert caught.value.__cause__ is None, "the cause would show the value"
    assert caught.value.__suppress_context__, "so would the context"
    return str(caught.value)


def said_of(fields: object) -> str:
    """Returns the message of the error, or an empty text for a valid order."""
    try:
        parse_order(fields)
    except InvalidOrder as refused:
        return str(refused)
    return ""


def test_fingerprint_identifies_the_kind_of_the_payment_method_and_the_stored_card() -> None:
    def fingerprint(**fields: object) -> str:
        return PaymentMethod.model_validate({"paymentMethodType": "CARD", **fields}).fingerprint

    page, stored, card = (
        fingerprint(),
        fingerprint(paymentMethodId="token-1"),
        fingerprint(cardReference=CARD_REFERENCE),
    )
    assert len({page, stored, card, fingerprint(paymentMethodId="token-2")}) == 4
    assert card == fingerprint(cardReference="card_" + "b" * 20), "the buyer may enter the card again"
    assert "token-1" not in stored


def test_order_with_required_fields_only_has_the_defaults() -> None:
    order = parse_order(order_fields())
    assert (order.merchantAccount, order.captureMode) == ("default", CaptureMode.AUTOMATIC)
    assert (order.completeWithin, order.attemptLimit, order.retryWindow) == (840, 3, 900)
    assert order.onAuthorizationExpiry is AuthorizationExpiry.VOID
    assert order.settlementStrategy is None


RULES = [
    ({"paymentReference": ""}, f"paymentReference: {REFERENCES}"),
    ({"paymentReference": "a" * 49}, f"paymentReference: {REFERENCES}"),
    ({"paymentReference": "a b"}, f"paymentReference: {REFERENCES}"),
    ({"paymentReference": "a\n"}, f"paymentReference: {REFERENCES}"),
    ({"paymentReference": "a/b"}, f"paymentReference: {REFERENCES}"),
    ({"paymentReference": "ä"}, f"paymentReference: {REFERENCES}"),
    ({"paymentReference": 12}, "paymentReference: must be a string"),
    ({"paymentReference": "."}, f"paymentReference: {DOTS}"),
    ({"paymentReference": ".."}, f"paymentReference: {DOTS}"),
    ({"merchantAccount": ""}, "merchantAccount: must match ^[A-Za-z0-9._-]{1,64}$"),
    ({"merchantAccount": "a/b"}, "merchantAccount: must match ^[A-Za-z0-9._-]{1,64}$"),
    ({"paymentAmount": eur("12.5")}, f"paymentAmount.value: {DIGITS}"),
    ({"paymentAmount": eur("0")}, f"paymentAmount.value: {DIGITS}"),
    ({"paymentAmount": eur("-1")}, f"paymentAmount.value: {DIGITS}"),
    ({"paymentAmount": eur("012")}, f"paymentAmount.value: {DIGITS}"),
    ({"paymentAmount": eur("1" * 17)}, f"paymentAmount.value: {DIGITS}"),
    ({"paymentAmount": eur("１２")}, f"paymentAmount.value: {DIGITS}"),
    ({"paymentAmount": eur(30000)}, "paymentAmount.value: must be a string"),
    ({"paymentAmount": eur(12.5)}, "paymentAmount.value: must be a string"),
    ({"paymentAmount": {"value": "1"}}, "paymentAmount.currency: is required"),
    (
        {"paymentAmount": {"currency": "IDR", "value": "12345"}},
        "paymentAmount: value of an IDR amount must end in 00",
    ),
    (
        {"paymentAmount": {"currency": "KWD", "value": "1"}},
        "paymentAmount.currency: currency KWD is not one Antom lists",
    ),
    (
        {"paymentAmount": {"currency": "eur", "value": "1"}},
        "paymentAmount.currency: must be an ISO 4217 code of three capital letters",
    ),
    ({"env": {"terminalType": "APP"}}, "env: osType is required when terminalType is APP"),
    ({"paymentRedirectUrl": ""}, "paymentRedirectUrl: must not be empty"),
    ({"paymentRedirectUrl": "h" * 2049}, "paymentRedirectUrl: at most 2048 characters"),
    ({"captureMode": "LATER"}, "captureMode: must be 'AUTOMATIC' or 'MANUAL'"),
    ({"completeWithin": 0}, "completeWithin: must be at least 1"),
    ({"completeWithin": 2_592_001}, "completeWithin: must be at most 2592000"),
    ({"retryWindow": 0}, "retryWindow: must be at least 1"),
    ({"attemptLimit": 0}, "attemptLimit: must be at least 1"),
    ({"attemptLimit": 21}, "attemptLimit: must be at most 20"),
    ({"onAuthorizationExpiry": "KEEP"}, "onAuthorizationExpiry: must be 'VOID', 'CAPTURE' or 'NOTIFY'"),
    ({"paymentMethod": {"paymentMethodType": "WALLET"}}, "paymentMethod.paymentMethodType: must be 'CARD'"),
    (
        {"paymentMethod": {"paymentMethodType": "CARD", "cardReference": "4111"}},
        "paymentMethod.cardReference: must match ^card_[A-Za-z0-9_-]{20,80}$",
    ),
    (
        {
            "paymentMethod": {
                "paymentMethodType": "CARD",
                "cardReference": CARD_REFERENCE,
                "paymentMethodId": "token",
            }
        },
        "paymentMethod: paymentMethodId and cardReference exclude each other",
    ),
    ({"amount": SECRET}, "amount: is not a known field"),
    ({"order": None}, "order: must be an object"),
    ({"PaymentReference": SECRET}, "PaymentReference: is not a known field"),
    (
        {"paymentMethod": with_metadata(cardHolder=SECRET)},
        "paymentMethod.paymentMethodMetaData.cardHolder: is not a known field",
    ),
]


@pytest.mark.parametrize(("fields", "line"), RULES, ids=[line[:60] for _, line in RULES])
def test_broken_rule_is_named_in_one_line(fields: dict[str, Any], line: str) -> None:
    message = refusal(order_fields(**fields))
    assert message == line
    assert SECRET not in message


@pytest.mark.parametrize("name", ["paymentReference", "order", "paymentAmount", "env", "paymentMethod"])
def test_missing_field_is_named(name: str) -> None:
    fields = order_fields()
    del fields[name]
    assert refusal(fields) == f"{name}: is required"


@pytest.mark.parametrize("data", [None, 1, "order", [], [order_fields()]])
def test_order_that_is_not_an_object_is_refused(data: object) -> None:
    assert refusal(data) == "must be an object"


def test_order_nested_too_deeply_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"order": deep}
    assert refusal(deep) == "nested too deeply"


@pytest.mark.parametrize("reference", ["a", "...", "-", "A-Za.z0_9", "9" * 48])
def test_valid_references_are_accepted(reference: str) -> None:
    assert parse_order(order_fields(paymentReference=reference)).paymentReference == reference


@pytest.mark.parametrize("manual", [CaptureMode.MANUAL, "MANUAL"])
def test_manual_capture_with_issuer_authentication_is_refused(manual: str) -> None:
    method = with_metadata(requireIssuerAuthentication=True)
    message = refusal(order_fields(captureMode=manual, paymentMethod=method))
    assert message.startswith("captureMode: MANUAL is not possible with paymentMethod.paymentMethodMetaData.")
    assert said_of(order_fields(captureMode="AUTOMATIC", paymentMethod=method)) == ""
    other = with_metadata(requireIssuerAuthentication=False)
    assert said_of(order_fields(captureMode="MANUAL", paymentMethod=other)) == ""


PLACES: dict[str, Any] = {
    "{}": lambda card: card,
    "paymentMethod.{}": lambda card: {"paymentMethod": {"paymentMethodType": "CARD", **card}},
    "paymentMethod.paymentMethodMetaData.{}": lambda card: {"paymentMethod": with_metadata(**card)},
    "paymentMethod.paymentMethodMetaData.deep.2.er.{}": lambda card: {
        "paymentMethod": with_metadata(deep=[1, 2, {"er": card}])
    },
    "env.extendInfo.{}": lambda card: {"env": {"terminalType": "WEB", "extendInfo": card}},
    "order.goods.0.{}": lambda card: {"order": {"goods": (card,)}},
}


@each_case("place", PLACES)
@each_case("field", sorted(CARD_FIELDS))
@each_case("value", [PAN, "987", 987, None, [PAN], {"a": PAN}])
def test_card_data_in_any_field_is_refused(place: str, field: str, value: object) -> None:
    message = refusal(order_fields(**PLACES[place]({field: value})))
    assert message == (
        f"{place.format(field)}: card data is not allowed here; "
        "put it into the card vault and send its cardReference"
    )


def test_card_fields_of_the_gateways_model_are_refused() -> None:
    """It is a subclass of the metadata of an order, so that only its fields show that it has card data."""
    card = RawCardMetaData(cardNo=PAN, cvv="987")
    method = PaymentMethod(paymentMethodType="CARD", paymentMethodMetaData=card)
    for given_as in (method, {"paymentMethodType": "CARD", "paymentMethodMetaData": card}):
        message = refusal(order_fields(paymentMethod=given_as))
        assert message.startswith("paymentMethod.paymentMethodMetaData.c")
        assert "card data is not allowed here" in message
        assert PAN not in message
    cryptogram = with_metadata(mpiData=RawMpiData(eci="05", cavv=SECRET))
    assert refusal(order_fields(paymentMethod=cryptogram)) == (
        "paymentMethod.paymentMethodMetaData.mpiData.cavv: card data is not allowed here; "
        "put it into the card vault and send its cardReference"
    )
    assert said_of(order_fields(paymentMethod=with_metadata(mpiData=RawMpiData(eci="05")))) == ""
    assert said_of(order_fields(paymentMethod=with_metadata(tokenize=True))) == ""


@pytest.mark.parametrize("name", [PAN, f"note {PAN}", "4117-3478-0615-6383", "a\nb", "x" * 100])
@pytest.mark.parametrize("value", [PAN, {"cvv": "987"}])
def test_card_number_in_an_unknown_field_name_is_not_repeated(name: str, value: object) -> None:
    message = refusal(order_fields() | {name: value})
    assert PAN not in message.replace("-", "")
    assert "987" not in message
    assert "\n" not in message


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner)),
    max_leaves=8,
)
NAMES = st.sampled_from([*order_fields(), "captureMode", "settlementStrategy", "retryWindow", "new"])


@given(changes=st.dictionaries(NAMES, JSON, min_size=1))
def test_any_input_is_an_order_or_a_one_line_error(changes: dict[str, Any]) -> None:
    assert said_of(order_fields(**changes)).isprintable()


@given(secret=st.text(alphabet="QZXJ79", min_size=12, max_size=19), name=NAMES)
def test_error_repeats_no_value(secret: str, name: str) -> None:
    for value in (f"{secret}\n", {"currency": secret, "value": secret}, {"b": secret}, [secret]):
        assert secret not in said_of(order_fields() | {name: value})


def test_order_object_is_accepted_unchanged() -> None:
    order = parse_order(order_fields())
    assert parse_order(order) == order


def test_order_survives_serialization() -> None:
    order = parse_order(order_fields(paymentMethod=with_metadata(tokenize=True), captureMode="MANUAL"))
    converter = data_converter().payload_converter
    assert converter.from_payloads(converter.to_payloads([order]), [PaymentOrder]) == [order]
