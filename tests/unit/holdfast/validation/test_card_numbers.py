"""Detection of card numbers and security codes in every text of merchant services and operators."""

import json
import random
import unicodedata
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.client import Client

from holdfast import InvalidOrder, InvalidRequest, PaymentClient
from holdfast.order import parse_order
from holdfast.resolution import Outcome, Resolution
from holdfast.validation import card_numbers
from holdfast.validation.card_numbers import TYPED, contains_card_number, contains_security_code
from holdfast.validation.texts import IDS
from tests.support.complete_order import complete_order, leaves
from tests.support.leaks import marks
from tests.support.orders import order_fields
from tests.support.orders_with_a_value import with_value

VISA, AMEX, DINERS = marks.VISA, "378282246310005", "30569309025904"
Json = dict[str, Any]


@pytest.mark.parametrize(
    "text",
    [
        VISA,
        f"paid with {VISA}, thanks",
        f"card:{VISA}/0831",
        "4054 6957 2310 0768",
        "4054-6957-2310-0768",
        "4054.6957.2310.0768",
        "4054 - 6957 - 2310 - 0768",
        f"1 x tea, 2 x cups {VISA}",
        "5555555555554444",
        "2223003122003222",
        AMEX,
        DINERS,
        "6200000000000005",
        "3530111333300000",
        "4 0 5 4 6 9 5 7 2 3 1 0 0 7 6 8",
        "40 54 69 57 23 10 07 68",
        "3782 822463 10005",
        "4054\u200b6957\u200b2310\u200b0768",
        "4\ufe0f\u20e30\ufe0f\u20e35\ufe0f\u20e34\ufe0f\u20e36\ufe0f\u20e39\ufe0f\u20e35\ufe0f\u20e37\ufe0f\u20e3"
        "2\ufe0f\u20e33\ufe0f\u20e31\ufe0f\u20e30\ufe0f\u20e30\ufe0f\u20e37\ufe0f\u20e36\ufe0f\u20e38\ufe0f\u20e3",
        "４０５４６９５７２３１００７６８",
        "٤٠٥٤٦٩٥٧٢٣١٠٠٧٦٨",
        "⁴⁰⁵⁴⁶⁹⁵⁷²³¹⁰⁰⁷⁶⁸",
        "➍⓿➎➍➏➒➎➐➋➌➊⓿⓿➐➏➑",
        "4054    6957\t\t\t\t2310\r\n\r\n0768",
        "4054\u31646957\uffa02310\u115f0768",
    ],
)
def test_card_number_is_detected(text: str) -> None:
    assert contains_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "Cups and saucers",
        "4054695723100769",
        "405469******0768",
        "2026-11-26 03:05:44.123456",
        "order 20261126030544123456",
        "1732591544123",
        "9999999999999995",
        f"{VISA}1234",
        "tel. +49 155 509172",
        "",
        "between 30.12.2026 14:40:06.123456 and 30.12.2026 15:00:00.000000",
        "30 12:40:06.123456",
        "37.77493, -122.41942",
        "2606:4700:1234:5678:9012:3456:7890:1234",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.6778.205 Safari/537.36",
        "9400 1102 0088 1234 5678 90",
    ],
)
def test_text_without_a_card_number_is_not_detected(text: str) -> None:
    assert not contains_card_number(text)


def _order(**order: object) -> Json:
    fields = order_fields()
    return {**fields, "order": {**fields["order"], **order}}


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        (_order(orderDescription=f"card {VISA}"), "order.orderDescription"),
        (_order(extendInfo=json.dumps({"a": [{"cvv": "0831"}]})), "order.extendInfo"),
        (_order(extendInfo=f"card {VISA}"), "order.extendInfo"),
        (_order(extendInfo=json.dumps([{"cavv": "x"}])), "order.extendInfo"),
        (_order(extendInfo='[["\\u0034054695723100768"]]'), "order.extendInfo"),
        (_order(extendInfo=json.dumps({"inner": json.dumps({"cvv": None})})), "order.extendInfo"),
        ({**_order(), "paymentRedirectUrl": f"https://a.example/?n={VISA}"}, "paymentRedirectUrl"),
        (
            _order(goods=[{"goodsUrl": "https://a.example/4054%206957%202310%200768"}]),
            "order.goods.0.goodsUrl",
        ),
        (_order(shipping={"shippingPhoneNo": VISA}), "order.shipping.shippingPhoneNo"),
        (_order(buyer={"buyerPhoneNo": "4054 6957 2310 0768"}), "order.buyer.buyerPhoneNo"),
        (_order(shipping={"notes": "cvv=123"}), "order.shipping.notes"),
        (
            {**_order(), "paymentMethod": {"paymentMethodType": "CARD", "paymentMethodId": VISA}},
            "paymentMethod.paymentMethodId",
        ),
    ],
)
def test_order_with_a_card_number_is_refused_with_the_field_name(fields: Json, path: str) -> None:
    with pytest.raises(InvalidOrder) as refused:
        parse_order(fields)
    assert str(refused.value) == (
        f"{path}: contains what looks like card data; put a card into the card vault"
    )


def test_card_number_in_an_id_field_is_not_refused() -> None:
    parse_order(_order(referenceOrderId=VISA, extendInfo='{"note": "no card"}'))


TEXTS = [(path, value) for path, value in leaves(complete_order()) if isinstance(value, str)]


@pytest.mark.parametrize(("path", "valid"), TEXTS, ids=[".".join(path) for path, _ in TEXTS])
def test_every_text_of_an_order_is_searched_unless_it_is_an_id(path: tuple[str, ...], valid: str) -> None:
    """The order has every field of the model, also one that is added later."""
    message = _refusal(with_value(complete_order(), path, VISA))
    assert VISA not in message
    assert bool(message) == (path[-1] not in IDS - {"paymentMethodId"}) or path[-1] in TYPED
    assert _refusal(with_value(complete_order(), path, valid)) == ""


def _refusal(fields: Json) -> str:
    try:
        parse_order(fields)
    except InvalidOrder as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize(
    "text",
    [
        "cvv=123",
        "CVV: 0831",
        "cvc2 = 831",
        'his "cvv":"123"',
        "cvv code is 123",
        "CVV2123",
        "cvc\t1234.",
        "ｃｖｖ＝１２３",
    ],
)
def test_security_code_is_detected(text: str) -> None:
    assert contains_security_code(text)


@pytest.mark.parametrize(
    "text", ["CVV required", "cvv=12", "cvv 12345", "abccvv123", "door code 1234", "2 cvv"]
)
def test_text_without_a_security_code_is_not_detected(text: str) -> None:
    assert not contains_security_code(text)


ZEROS = [chr(code) for code in range(0x110000) if unicodedata.decimal(chr(code), None) == 0]
"""The digit zero of every script; the nine digits after it follow in order."""
SEPARATORS = st.text(alphabet=" -./_,\u00a0\u2009\u2013\u200b", min_size=1, max_size=3)
NUMBERS = st.sampled_from([VISA, AMEX, DINERS, marks.DECLINED_VISA, "6200000000000005"])


def _in_scripts(digits: str, zeros: list[str]) -> str:
    return "".join(chr(ord(zero) + int(digit)) for digit, zero in zip(digits, zeros, strict=False))


@given(number=NUMBERS, zeros=st.lists(st.sampled_from(ZEROS), min_size=19, max_size=19))
def test_card_number_in_digits_of_any_script_is_detected(number: str, zeros: list[str]) -> None:
    assert contains_card_number(f"card {_in_scripts(number, zeros)}.")


@given(number=NUMBERS, size=st.sampled_from([1, 2, 4, 5, 6, 8]), between=SEPARATORS)
def test_card_number_in_groups_is_detected(number: str, size: int, between: str) -> None:
    groups = [number[at : at + size] for at in range(0, len(number), size)]
    if len(groups[-1]) < 3 <= size:
        groups[-2:] = [groups[-2] + groups[-1]]
    assert contains_card_number(f"card {between.join(groups)} thanks")


@given(number=NUMBERS, escaped=st.booleans())
def test_card_number_in_a_query_of_a_url_is_detected(number: str, escaped: bool) -> None:
    value = quote(" ".join(number)) if escaped else number
    message = _refusal({**order_fields(), "paymentRedirectUrl": f"https://a.example/?c={value}&d=1"})
    assert message.startswith("paymentRedirectUrl: ") == (len(number) > 14)


def _phone(digits: str, country: str, between: str) -> str:
    return f"{country}{between.join(digits[at : at + 3] for at in range(0, len(digits), 3))}"


@given(
    digits=st.text("0123456789", min_size=4, max_size=12),
    country=st.sampled_from(["+3", "+37", "+34", "+49", "+52", "00", "0", ""]),
    between=st.sampled_from(["", " ", "-"]),
)
def test_telephone_number_is_never_a_card_number(digits: str, country: str, between: str) -> None:
    phone = _phone(digits, country, between)[:24]
    order = _order(buyer={"buyerPhoneNo": phone}, shipping={"shippingPhoneNo": phone[:16]})
    assert _refusal(order) == ""


@given(
    moment=st.datetimes(),
    offset=st.sampled_from(["+00:00", "+08:00", "-05:30", "Z"]),
    nanoseconds=st.integers(0, 999_999_999),
)
def test_time_is_never_a_card_number(moment: Any, offset: str, nanoseconds: int) -> None:
    text = f"{moment:%d.%m.%Y %H:%M:%S}.{nanoseconds:09}{offset}"
    assert not contains_card_number(f"picked up {text}, packed {moment.isoformat()}")


@given(address=st.ip_addresses(), latitude=st.floats(-90, 90), longitude=st.floats(-180, 180))
def test_address_and_coordinates_are_never_a_card_number(
    address: Any, latitude: float, longitude: float
) -> None:
    env = {"terminalType": "WEB", "clientIp": address.exploded}
    notes = f"at {latitude:.5f}, {longitude:.5f}, from {address}"
    assert _refusal({**_order(shipping={"notes": notes}), "env": env}) == ""


@given(amount=st.integers(1, 10**16 - 1).map(str), number=st.integers(0, 10**32).map(str))
def test_amounts_and_ids_are_never_a_card_number(amount: str, number: str) -> None:
    eur = {"currency": "EUR", "value": amount}
    ids = {"referenceOrderId": number, "orderAmount": eur, "goods": [{"referenceGoodsId": number}]}
    assert _refusal({**_order(**ids), "paymentAmount": eur}) == ""


@pytest.mark.parametrize(("digits", "most"), [(12, 0), (13, 0), (14, 0.5), (15, 0.3), (16, 4), (20, 0)])
def test_share_of_other_numbers_that_are_taken_for_cards(digits: int, most: float) -> None:
    """Percent of the random numbers in a text: a text with such a number in it is refused."""
    numbers = random.Random(12)
    refused = sum(
        contains_card_number(f"no. {numbers.randrange(10 ** (digits - 1), 10**digits)}")
        for _ in range(20_000)
    )
    assert refused / 200 <= most


@pytest.fixture
async def payments() -> PaymentClient:
    """A client without a reachable Temporal server: each refusal comes before any request."""
    return PaymentClient(await Client.connect("127.0.0.1:1", lazy=True))


async def test_client_refuses_card_numbers_before_any_request(payments: PaymentClient) -> None:
    text = f"dashboard shows {VISA}"
    resolution = Resolution(outcome=Outcome.ACKNOWLEDGED, resolvedBy="ada", reason="asked", evidence=text)
    with pytest.raises(InvalidOrder, match=r"^order.orderDescription: "):
        await payments.authorize(_order(orderDescription=text))
    with pytest.raises(InvalidRequest, match=r"^reason: "):
        await payments.cancel("ORDER_1", text)
    with pytest.raises(InvalidRequest, match=r"^evidence: "):
        await payments.resolve("ORDER_1", resolution)
    with pytest.raises(InvalidRequest, match=r"^paymentMethod.paymentMethodId: "):
        await payments.retry("ORDER_1", {"paymentMethodType": "CARD", "paymentMethodId": VISA})


def test_time_of_a_search_does_not_grow_with_the_square_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check runs in a workflow task: Unicode's form of many combining marks took a minute."""
    normalized, normalize = list[int](), unicodedata.normalize

    def counted(form: Any, text: str) -> str:
        normalized.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", counted)
    assert not contains_card_number("a" + "\u0301" * 5000 + "\u0316" * 5000)
    assert max(normalized, default=0) <= 1


def test_deep_json_in_a_text_is_searched_as_often_as_shallow_json(monkeypatch: pytest.MonkeyPatch) -> None:
    searched, search = list[int](), card_numbers.contains_card_number

    def counted(text: str, *rest: int) -> bool:
        searched.append(len(text))
        return search(text, *rest)

    monkeypatch.setattr(card_numbers, "contains_card_number", counted)
    text, depth = "4 " * 20, 12
    for _ in range(depth):
        text = json.dumps([text])
    order = order_fields()
    parse_order({**order, "order": {**order["order"], "extendInfo": text}})
    assert sum(length >= 40 for length in searched) == 2


def test_field_for_card_data_in_deep_json_is_found() -> None:
    text = json.dumps({"expiryYear": "29"})
    for _ in range(5):
        text = json.dumps({"nested": text})
    order = order_fields()
    with pytest.raises(InvalidOrder, match="extendInfo"):
        parse_order({**order, "order": {**order["order"], "extendInfo": text}})
