"""The result info of a payment contains no card data."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from holdfast.antom.models import PaymentResultInfo
from holdfast.result_info import ResultInfo, masked
from holdfast.source import Source
from settlement.evidence import PaymentEvidence, Verdict
from tests.support.orders import PAN

LONG_RUN = re.compile(r"\d(?:[ ._/-]{0,2}\d){10,}")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (PAN, "411734******6383"),
        ("4117 3478 0615 6383", "411734******6383"),
        ("4117-3478-0615-6383", "411734******6383"),
        ("41173-47806 156383", "411734******6383"),
        ("4117.3478.0615.6383", "411734******6383"),
        ("4117_3478/0615\u20136383", "411734******6383"),
        ("2026-11-26 03:05:44.123", "2026-11-26 03:05:44.123"),
        ("12345678901", "123456*8901"),
        ("1234567890123456789", "123456*********6789"),
        ("1234567890", "1234567890"),
        ("411734******6383", "411734******6383"),
        (f"card {PAN} declined", "card 411734******6383 declined"),
        (f"{PAN}, {PAN}", "411734******6383, 411734******6383"),
        (f"x{PAN}x", "x411734******6383x"),
        ("٤١١٧٣٤٧٨٠٦١٥٦٣٨٣", "٤١١٧٣٤******٦٣٨٣"),
        ("", ""),
    ],
)
def test_masked_card_number_keeps_first_six_and_last_four_digits(text: str, kept: str) -> None:
    assert masked(text) == kept


@given(text=st.text(alphabet="0123456789 -./_*x", max_size=60))
@example(text="1" * 11)
@example(text="12345678901 -12345678901")
@example(text="1-" * 30)
def test_masked_text_has_no_run_of_eleven_digits(text: str) -> None:
    assert not LONG_RUN.search(masked(text))
    assert masked(masked(text)) == masked(text)


@given(text=st.text(alphabet="0123456789 -ab.", max_size=40))
def test_text_without_card_number_is_unchanged(text: str) -> None:
    if not LONG_RUN.search(text):
        assert masked(text) == text


@pytest.mark.parametrize(
    "field", ["cardNo", "avsResultRaw", "cvvResultRaw", "refusalCodeRaw", "refusalReasonRaw"]
)
def test_fields_that_can_contain_a_card_number_are_masked(field: str) -> None:
    info = ResultInfo.model_validate({field: f"{PAN}"})
    assert getattr(info, field) == "411734******6383"
    assert PAN not in info.model_dump_json()
    assert getattr(ResultInfo.model_validate({field: None}), field) is None


def test_bin_and_last_four_are_truncated_to_the_allowed_length() -> None:
    info = ResultInfo(cardBin=PAN, lastFour=PAN)
    assert (info.cardBin, info.lastFour) == ("41173478", "6383")
    assert ResultInfo(cardBin=None, lastFour="6383").lastFour == "6383"


def test_network_ids_are_not_masked() -> None:
    info = ResultInfo(networkTransactionId="483297487231504", rrn="612345678901")
    assert (info.networkTransactionId, info.rrn) == ("483297487231504", "612345678901")


def test_forbidden_data_has_no_field() -> None:
    """PCI DSS 3.3.1 forbids them. The card token has its own field of the payment."""
    kept = set(ResultInfo.model_fields) | {
        name
        for field in ResultInfo.model_fields.values()
        for model in getattr(field.annotation, "__args__", ())
        for name in getattr(model, "model_fields", {})
    }
    never = {"expiryMonth", "expiryYear", "cvv", "cardholderName", "cardToken", "fingerprint", "cavv"}
    assert not kept & (never | {"caav", "xid"})
    assert {"avsResultRaw", "cvvResultRaw", "networkTransactionId", "threeDSVersion", "eci"} <= kept


def test_unknown_fields_of_the_gateway_are_dropped() -> None:
    reported = {
        "cardNo": PAN,
        "expiryMonth": "12",
        "expiryYear": "39",
        "cardholderName": {"firstName": "A"},
        "tomorrowsField": PAN,
        "threeDSResult": {"cavv": "CAVV", "eci": "05", "tomorrowsField": PAN},
    }
    info = ResultInfo.model_validate(reported)
    assert info.model_dump(exclude_none=True) == {
        "cardNo": "411734******6383",
        "threeDSResult": {"eci": "05"},
    }


def test_every_stored_field_is_documented_by_the_gateway() -> None:
    assert set(ResultInfo.model_fields) <= set(PaymentResultInfo.model_fields)


def test_validation_error_shows_no_value() -> None:
    with pytest.raises(ValueError, match="cardNo") as caught:
        PaymentEvidence(
            source=Source.INQUIRY,
            verdict=Verdict.UNCLEAR,
            paymentResultInfo={"cardNo": [PAN]},
        )
    assert PAN not in str(caught.value)
