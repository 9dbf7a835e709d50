"""From the gateway's words to evidence: what each answer and each notification claims."""

from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.antom.models import (
    CaptureNotification,
    CaptureResponse,
    InquiryPaymentResponse,
    PaymentNotification,
    PayResponse,
    parse_notification,
)
from holdfast.source import Source
from holdfast.temporal.connection import data_converter
from settlement.evidence import CARD_NOT_FOUND, CaptureEvidence, PaymentEvidence, Verdict
from settlement.notification.verified_notification import VerifiedNotification, verified
from settlement.translation import from_capture, from_inquiry, from_missing_card, from_notification, from_pay
from tests.support.antom.gateway import DATA, result, sample
from tests.support.settlement.evidence import EXPIRY, NOW
from tests.unit.holdfast.orders import PAN

EUR_300 = {"currency": "EUR", "value": "30000"}


def pay_answer(status: str, code: str, **fields: Any) -> PayResponse:
    return PayResponse.model_validate(result(status, code, **fields))


def inquiry(status: str | None, **fields: Any) -> InquiryPaymentResponse:
    return InquiryPaymentResponse.model_validate(result("S", "SUCCESS", paymentStatus=status, **fields))


def of_payment(answer: InquiryPaymentResponse) -> PaymentEvidence:
    return from_inquiry(answer, "ORDER_1-1", EXPIRY).payment


@pytest.mark.parametrize(
    ("name", "verdict", "has_page"),
    [
        ("pay-response.success.json", Verdict.SUCCEEDED, False),
        ("pay-response.failed.json", Verdict.FAILED, False),
        ("pay-response.redirect.json", Verdict.IN_PROCESS, True),
    ],
)
def test_the_pay_samples(name: str, verdict: Verdict, has_page: bool) -> None:
    fields = sample(name)
    claim = from_pay(PayResponse.model_validate(fields), "ORDER_1-1", EXPIRY)
    assert (claim.source, claim.verdict) == (Source.PAY_RESPONSE, verdict)
    assert claim.paymentRequestId == "ORDER_1-1", "the id that was sent, whatever the answer names"
    assert claim.resultCode == fields["result"]["resultCode"]
    assert claim.paymentId == fields.get("paymentId")
    assert (claim.nextAction is not None) is has_page


def test_the_redirect_sample_tells_where_the_buyer_goes_and_until_when() -> None:
    fields = sample("pay-response.redirect.json")
    page = from_pay(PayResponse.model_validate(fields), "ORDER_1-1", EXPIRY).nextAction
    assert page is not None
    assert (page.type, page.normalUrl, page.expiresAt) == ("REDIRECT", fields.get("normalUrl"), EXPIRY)
    assert page.redirectActionForm == fields["redirectActionForm"]


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("S", Verdict.SUCCEEDED), ("F", Verdict.FAILED), ("U", Verdict.IN_PROCESS), ("?", Verdict.UNCLEAR)],
)
def test_what_a_result_says(status: str, verdict: Verdict) -> None:
    assert from_pay(pay_answer(status, "CODE"), "ORDER_1-1", EXPIRY).verdict is verdict
    capture = CaptureResponse.model_validate(result(status, "CODE", captureAmount=EUR_300))
    claim = from_capture(capture, Source.CAPTURE_RESPONSE, "ORDER_1-c1")
    assert (claim.verdict, claim.source, claim.captureRequestId) == (
        verdict,
        Source.CAPTURE_RESPONSE,
        "ORDER_1-c1",
    )
    assert (claim.currency, claim.value) == ("EUR", "30000")


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("notify-payment*.json")))
def test_the_notification_samples(name: str) -> None:
    fields = sample(name)
    note = parse_notification((DATA / name).read_bytes())
    claim = from_notification(note)
    assert isinstance(claim, PaymentEvidence)
    assert (claim.source, claim.verdict) == (Source.NOTIFICATION, Verdict.SUCCEEDED)
    assert (claim.paymentRequestId, claim.paymentId) == (fields["paymentRequestId"], fields["paymentId"])
    assert {"currency": claim.currency, "value": claim.value} == fields["paymentAmount"]
    assert claim.resultCode == "SUCCESS"


@pytest.mark.parametrize("status", ["S", "F", "U"])
def test_a_pending_notification_never_means_success(status: str) -> None:
    body = result(status, "SUCCESS", notifyType="PAYMENT_PENDING", paymentRequestId="ORDER_1-1")
    claim = from_notification(PaymentNotification.model_validate(body))
    assert claim.verdict is Verdict.IN_PROCESS


def test_a_captures_notification() -> None:
    body = result(
        "S",
        "SUCCESS",
        notifyType="CAPTURE_RESULT",
        captureRequestId="gateways-1",
        captureId="captured-1",
        paymentId="gateway-1",
        captureAmount=EUR_300,
    )
    assert from_notification(CaptureNotification.model_validate(body)) == CaptureEvidence(
        source=Source.NOTIFICATION,
        verdict=Verdict.SUCCEEDED,
        paymentId="gateway-1",
        captureRequestId="gateways-1",
        captureId="captured-1",
        currency="EUR",
        value="30000",
        resultCode="SUCCESS",
        resultMessage="text",
    )


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("inquiry*.json")))
def test_the_inquiry_samples(name: str) -> None:
    fields = sample(name)
    record = from_inquiry(InquiryPaymentResponse.model_validate(fields), "ORDER_1-1", EXPIRY)
    claim = record.payment
    assert record.captures == ()
    assert (claim.source, claim.verdict, claim.paymentRequestId) == (
        Source.INQUIRY,
        Verdict.SUCCEEDED,
        "ORDER_1-1",
    )
    assert claim.paymentId == fields["paymentId"]


def test_the_korean_inquiry_tells_until_when_a_capture_is_possible() -> None:
    answer = InquiryPaymentResponse.model_validate(sample("inquiry-payment-response.korea.json"))
    assert of_payment(answer).authExpiryTime == datetime(2024, 3, 26, 2, 36, 54, tzinfo=UTC)


def test_a_zero_time_is_not_a_time_until_when_a_capture_is_possible() -> None:
    assert of_payment(inquiry("SUCCESS", authExpiryTime="1970-01-01T00:00:00Z")).authExpiryTime is None
    assert of_payment(inquiry("SUCCESS", authExpiryTime="2026-02-07T12:00:00Z")).authExpiryTime == EXPIRY


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("SUCCESS", Verdict.SUCCEEDED),
        ("FAIL", Verdict.FAILED),
        ("CANCELLED", Verdict.CANCELLED),
        ("PROCESSING", Verdict.IN_PROCESS),
        ("PENDING", Verdict.IN_PROCESS),
        ("NOT_YET_DOCUMENTED", Verdict.UNCLEAR),
        (None, Verdict.UNCLEAR),
    ],
)
def test_an_inquiry_is_read_by_the_payments_status(status: str | None, verdict: Verdict) -> None:
    assert of_payment(inquiry(status)).verdict is verdict


@pytest.mark.parametrize(
    ("status", "is_done"), [("PENDING", True), ("PROCESSING", False), ("SUCCESS", False)]
)
def test_an_inquiry_that_says_pending_says_that_the_buyer_is_done(status: str, is_done: bool) -> None:
    assert of_payment(inquiry(status)).buyerIsDone is is_done
    failed = InquiryPaymentResponse.model_validate(result("F", "PROCESS_FAIL", paymentStatus=status))
    assert not of_payment(failed).buyerIsDone


@pytest.mark.parametrize(
    ("result_status", "code", "verdict"),
    [
        ("F", "ORDER_NOT_EXIST", Verdict.ABSENT),
        ("U", "ORDER_NOT_EXIST", Verdict.ABSENT),
        ("F", "PROCESS_FAIL", Verdict.UNCLEAR),
        ("U", "UNKNOWN_EXCEPTION", Verdict.UNCLEAR),
    ],
)
def test_an_inquiry_that_did_not_work_decides_nothing(
    result_status: str, code: str, verdict: Verdict
) -> None:
    """Whatever `paymentStatus` it carries."""
    answer = InquiryPaymentResponse.model_validate(result(result_status, code, paymentStatus="SUCCESS"))
    claim = of_payment(answer)
    assert (claim.verdict, claim.resultCode) == (verdict, code)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"status": "FAIL", "paymentResultCode": "DO_NOT_HONOR"}, "DO_NOT_HONOR"),
        ({"status": "FAIL"}, "FAIL"),
        ({"status": None}, "SUCCESS"),
    ],
)
def test_the_code_of_an_inquiry_is_the_payments(fields: dict[str, Any], code: str) -> None:
    assert of_payment(inquiry(**fields)).resultCode == code


def test_what_the_gateway_adds_to_the_form_stays_out() -> None:
    form = {"method": "POST", "redirectUrl": "https://issuer.example"}
    told = {"result": {"resultCode": "PAYMENT_IN_PROCESS", "resultStatus": "U"}}
    added = {"redirectActionForm": form | {"card": {"cardNo": PAN, "cvv": "123"}}}
    for page in (
        from_pay(PayResponse.model_validate(told | added), "ORDER_1-1", EXPIRY).nextAction,
        of_payment(inquiry("PROCESSING", **added)).nextAction,
    ):
        assert page is not None
        assert page.redirectActionForm == form


def test_an_inquiry_can_tell_where_the_buyer_goes() -> None:
    form = {"method": "POST", "redirectUrl": "https://issuer.example", "parameters": "a=b"}
    page = of_payment(inquiry("PROCESSING", redirectActionForm=form)).nextAction
    assert page is not None
    assert (page.redirectActionForm, page.expiresAt) == (form, EXPIRY)
    assert of_payment(inquiry("PROCESSING", redirectActionForm={"method": "POST"})).nextAction is None


def test_the_captures_of_an_inquiry_follow_the_payment_and_nothing_else_does() -> None:
    kinds = ["CAPTURE", "REFUND", "VOID", "AUTHORIZATION", "NOT_YET_DOCUMENTED", None, "CAPTURE"]
    entries = [
        {
            "transactionType": kind,
            "transactionStatus": status,
            "transactionRequestId": f"ORDER_1-c{number}",
            "transactionId": f"captured-{number}",
            "transactionAmount": EUR_300,
            "transactionResult": {"resultCode": "CODE", "resultStatus": "F", "resultMessage": PAN},
        }
        for number, (kind, status) in enumerate(zip(kinds, ["SUCCESS"] * 6 + ["FAIL"], strict=True), start=1)
    ]
    captures = from_inquiry(
        inquiry("SUCCESS", paymentId="gateway-1", transactions=entries), "ORDER_1-1", EXPIRY
    ).captures
    assert [(c.captureRequestId, c.verdict) for c in captures] == [
        ("ORDER_1-c1", Verdict.SUCCEEDED),
        ("ORDER_1-c7", Verdict.FAILED),
    ]
    first = captures[0]
    assert (first.source, first.paymentId, first.currency, first.value) == (
        Source.INQUIRY,
        "gateway-1",
        "EUR",
        "30000",
    )
    assert (first.resultCode, first.resultMessage) == ("CODE", "411734******6383")


def test_a_card_that_is_gone_is_a_failure_before_anything_was_sent() -> None:
    claim = from_missing_card("ORDER_1-1", "the card is no longer in the vault")
    assert (claim.verdict, claim.resultCode) == (Verdict.FAILED, CARD_NOT_FOUND)
    assert (claim.paymentRequestId, claim.paymentId, claim.value) == ("ORDER_1-1", None, None)


def test_no_card_data_gets_into_evidence() -> None:
    info = {
        "cardNo": PAN,
        "expiryMonth": "12",
        "expiryYear": "2039",
        "cardholderName": {"firstName": "Kim"},
        "refusalReasonRaw": f"refused {PAN}",
        "cardToken": "token-1",
        "threeDSResult": {"cavv": "SECRET-CAVV", "eci": "05"},
    }
    body = result("F", "DO_NOT_HONOR", paymentRequestId="ORDER_1-1", paymentResultInfo=info)
    body["result"]["resultMessage"] = f"card {PAN} is refused " + "x" * 300
    note = PaymentNotification.model_validate(body | {"notifyType": "PAYMENT_RESULT"})
    for claim in (from_notification(note), from_pay(PayResponse.model_validate(body), "ORDER_1-1", EXPIRY)):
        stored = claim.model_dump_json()
        for secret in (PAN, "2039", "Kim", "SECRET-CAVV"):
            assert secret not in stored
        assert isinstance(claim, PaymentEvidence)
        assert claim.cardToken == "token-1"
        assert claim.resultMessage is not None
        assert len(claim.resultMessage) <= 256


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("notify-payment*.json")))
def test_the_signal_of_a_notification(name: str) -> None:
    note = parse_notification((DATA / name).read_bytes())
    signal = verified(note, merchant_account="shop-2", received_at=NOW)
    assert (signal.merchantAccount, signal.notifyType, signal.receivedAt) == ("shop-2", "PAYMENT_RESULT", NOW)
    assert signal.evidence == from_notification(note)
    converter = data_converter().payload_converter
    assert converter.from_payloads(converter.to_payloads([signal]), [VerifiedNotification]) == [signal]


def test_a_time_without_an_offset_is_no_time_of_receipt() -> None:
    note = parse_notification((DATA / "notify-payment.3ds.json").read_bytes())
    with pytest.raises(ValueError, match="receivedAt"):
        verified(note, merchant_account="default", received_at=datetime.fromisoformat("2026-01-31"))
