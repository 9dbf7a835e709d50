"""Translation of the gateway's responses and notifications into evidence."""

import json
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
from settlement.evidence import CARD_NOT_FOUND, PAY_CALL_NOT_SENT, CaptureEvidence, PaymentEvidence, Verdict
from settlement.notification.verified_notification import VerifiedNotification, verified
from settlement.translation import (
    from_capture,
    from_inquiry,
    from_missing_card,
    from_notification,
    from_pay,
    from_unsent_call,
)
from tests.support.antom.gateway import DATA, result, sample
from tests.support.orders import PAN
from tests.support.settlement.evidence import EXPIRY, NOW

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
def test_pay_response_sample_has_its_verdict(name: str, verdict: Verdict, has_page: bool) -> None:
    fields = sample(name)
    claim = from_pay(PayResponse.model_validate(fields), "ORDER_1-1", EXPIRY)
    assert (claim.source, claim.verdict) == (Source.PAY_RESPONSE, verdict)
    assert claim.paymentRequestId == "ORDER_1-1", "the id of the request, not of the response"
    assert claim.resultCode == fields["result"]["resultCode"]
    assert claim.paymentId == fields.get("paymentId")
    assert (claim.nextAction is not None) is has_page


def test_redirect_sample_has_url_form_and_expiry() -> None:
    fields = sample("pay-response.redirect.json")
    page = from_pay(PayResponse.model_validate(fields), "ORDER_1-1", EXPIRY).nextAction
    assert page is not None
    assert (page.type, page.normalUrl, page.expiresAt) == ("REDIRECT", fields.get("normalUrl"), EXPIRY)
    assert page.redirectActionForm == fields["redirectActionForm"]


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("S", Verdict.SUCCEEDED), ("F", Verdict.FAILED), ("U", Verdict.IN_PROCESS), ("?", Verdict.UNCLEAR)],
)
def test_result_status_has_its_verdict(status: str, verdict: Verdict) -> None:
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
def test_notification_sample_has_its_evidence(name: str) -> None:
    fields = sample(name)
    note = parse_notification((DATA / name).read_bytes())
    claim = from_notification(note)
    assert isinstance(claim, PaymentEvidence)
    assert (claim.source, claim.verdict) == (Source.NOTIFICATION, Verdict.SUCCEEDED)
    assert (claim.paymentRequestId, claim.paymentId) == (fields["paymentRequestId"], fields["paymentId"])
    assert {"currency": claim.currency, "value": claim.value} == fields["paymentAmount"]
    assert claim.resultCode == "SUCCESS"


@pytest.mark.parametrize("status", ["S", "F", "U"])
def test_pending_notification_is_never_a_success(status: str) -> None:
    body = result(status, "SUCCESS", notifyType="PAYMENT_PENDING", paymentRequestId="ORDER_1-1")
    claim = from_notification(PaymentNotification.model_validate(body))
    assert claim.verdict is Verdict.IN_PROCESS


@pytest.mark.parametrize("status", ["S", "F", "U"])
def test_risk_review_notification_decides_nothing_but_the_review(status: str) -> None:
    fields = {"paymentRequestId": "ORDER_1-1", "paymentAmount": EUR_300, "authReviewStatus": "REJECT"}
    body = json.dumps(result(status, "SOME_CODE", notifyType="RISK_POST_REVIEW", **fields))
    claim = from_notification(parse_notification(body.encode()))
    assert isinstance(claim, PaymentEvidence)
    assert (claim.source, claim.verdict) == (Source.NOTIFICATION, Verdict.UNCLEAR)
    assert (claim.paymentRequestId, claim.currency, claim.value) == ("ORDER_1-1", "EUR", "30000")
    assert claim.authReviewStatus == "REJECT"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [("PROCESSING", "PROCESSING"), ("", None), (None, None), (["A"], None), ("X" * 99, "X" * 64)],
)
def test_evidence_has_the_status_of_the_risk_review(sent: object, expected: str | None) -> None:
    paid = from_pay(pay_answer("S", "SUCCESS", authReviewStatus=sent), "ORDER_1-1", EXPIRY)
    found = of_payment(inquiry("SUCCESS", authReviewStatus=sent))
    assert (paid.authReviewStatus, found.authReviewStatus) == (expected, expected)


def test_capture_notification_has_its_evidence() -> None:
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
def test_inquiry_sample_has_its_evidence(name: str) -> None:
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


def test_korean_inquiry_sample_has_the_authorization_expiry() -> None:
    answer = InquiryPaymentResponse.model_validate(sample("inquiry-payment-response.korea.json"))
    assert of_payment(answer).authExpiryTime == datetime(2024, 3, 26, 2, 36, 54, tzinfo=UTC)


def test_zero_expiry_time_counts_as_absent() -> None:
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
def test_inquiry_verdict_follows_the_payment_status(status: str | None, verdict: Verdict) -> None:
    assert of_payment(inquiry(status)).verdict is verdict


@pytest.mark.parametrize(
    ("status", "is_done"), [("PENDING", True), ("PROCESSING", False), ("SUCCESS", False)]
)
def test_inquiry_with_pending_status_marks_buyer_as_finished(status: str, is_done: bool) -> None:
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
def test_failed_inquiry_decides_nothing(result_status: str, code: str, verdict: Verdict) -> None:
    """This holds for every `paymentStatus` in the response."""
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
def test_inquiry_evidence_has_the_code_of_the_payment(fields: dict[str, Any], code: str) -> None:
    assert of_payment(inquiry(**fields)).resultCode == code


def test_unknown_fields_of_the_form_are_removed() -> None:
    form = {"method": "POST", "redirectUrl": "https://issuer.example"}
    response = {"result": {"resultCode": "PAYMENT_IN_PROCESS", "resultStatus": "U"}}
    added = {"redirectActionForm": form | {"card": {"cardNo": PAN, "cvv": "123"}}}
    for page in (
        from_pay(PayResponse.model_validate(response | added), "ORDER_1-1", EXPIRY).nextAction,
        of_payment(inquiry("PROCESSING", **added)).nextAction,
    ):
        assert page is not None
        assert page.redirectActionForm == form


def test_inquiry_with_form_has_a_next_action() -> None:
    form = {"method": "POST", "redirectUrl": "https://issuer.example", "parameters": "a=b"}
    page = of_payment(inquiry("PROCESSING", redirectActionForm=form)).nextAction
    assert page is not None
    assert (page.redirectActionForm, page.expiresAt) == (form, EXPIRY)
    assert of_payment(inquiry("PROCESSING", redirectActionForm={"method": "POST"})).nextAction is None


def test_inquiry_evidence_has_captures_and_no_other_transactions() -> None:
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


def test_missing_card_is_a_failure_without_payment_id() -> None:
    claim = from_missing_card("ORDER_1-1", "the card is no longer in the vault")
    assert (claim.verdict, claim.resultCode) == (Verdict.FAILED, CARD_NOT_FOUND)
    assert (claim.paymentRequestId, claim.paymentId, claim.value) == ("ORDER_1-1", None, None)


def test_unsent_call_is_a_failure_by_the_clock_with_its_reason() -> None:
    evidence = from_unsent_call("ORDER_1-1", "not sent: ConnectError")
    assert (evidence.verdict, evidence.source) == (Verdict.FAILED, Source.CLOCK)
    assert (evidence.resultCode, evidence.resultMessage) == (PAY_CALL_NOT_SENT, "not sent: ConnectError")
    assert (evidence.paymentRequestId, evidence.paymentId, evidence.value) == ("ORDER_1-1", None, None)


def test_evidence_contains_no_card_data() -> None:
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
def test_notification_signal_has_evidence_and_is_unchanged_after_serialization(name: str) -> None:
    note = parse_notification((DATA / name).read_bytes())
    signal = verified(note, merchant_account="shop-2", received_at=NOW)
    assert (signal.merchantAccount, signal.notifyType, signal.receivedAt) == ("shop-2", "PAYMENT_RESULT", NOW)
    assert signal.evidence == from_notification(note)
    converter = data_converter().payload_converter
    assert converter.from_payloads(converter.to_payloads([signal]), [VerifiedNotification]) == [signal]


def test_time_of_receipt_without_offset_is_refused() -> None:
    note = parse_notification((DATA / "notify-payment.3ds.json").read_bytes())
    with pytest.raises(ValueError, match="receivedAt"):
        verified(note, merchant_account="default", received_at=datetime.fromisoformat("2026-01-31"))
