"""Translates the gateway's responses and notifications into evidence."""

from datetime import datetime

from pydantic import JsonValue

from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.antom.models import (
    CaptureFacts,
    CaptureNotification,
    InquiryPaymentResponse,
    Notification,
    PaymentFacts,
    PaymentResultInfo,
    PayResponse,
    RedirectActionForm,
    Result,
    ResultStatus,
    RiskReviewNotification,
    Transaction,
    TransactionStatus,
    TransactionType,
)
from holdfast.next_action import NextAction
from holdfast.result_info import ResultInfo, masked
from holdfast.source import Source
from settlement.bounded_text import MAX_CODE, bounded
from settlement.evidence import CARD_NOT_FOUND, PAY_CALL_NOT_SENT, CaptureEvidence, PaymentEvidence, Verdict
from settlement.gateway_record import GatewayRecord

_FIRST_YEAR = 2000
_BY_RESULT = {
    ResultStatus.S: Verdict.SUCCEEDED,
    ResultStatus.F: Verdict.FAILED,
    ResultStatus.U: Verdict.IN_PROCESS,
}
_BY_STATUS = {
    TransactionStatus.SUCCESS: Verdict.SUCCEEDED,
    TransactionStatus.FAIL: Verdict.FAILED,
    TransactionStatus.CANCELLED: Verdict.CANCELLED,
    TransactionStatus.PROCESSING: Verdict.IN_PROCESS,
    TransactionStatus.PENDING: Verdict.IN_PROCESS,
}


def from_pay(answer: PayResponse, payment_request_id: str, expires_at: datetime) -> PaymentEvidence:
    """Returns the evidence of a signed pay response; `expires_at` is the end of the buyer's time."""
    redirect = _redirect(answer, expires_at)
    evidence = _payment(answer, Source.PAY_RESPONSE, _verdict(answer.result), answer.result, redirect)
    return evidence.model_copy(update={"paymentRequestId": payment_request_id})


def from_missing_card(payment_request_id: str, message: str) -> PaymentEvidence:
    """Returns the evidence of a pay call that was not made, because its card cannot be used."""
    return _not_sent(Source.PAY_RESPONSE, payment_request_id, CARD_NOT_FOUND, message)


def from_unsent_call(payment_request_id: str, reason: str) -> PaymentEvidence:
    """Returns the evidence that no pay call of an attempt was ever sent, and that none will be."""
    return _not_sent(Source.CLOCK, payment_request_id, PAY_CALL_NOT_SENT, reason)


def _not_sent(source: Source, payment_request_id: str, code: str, reason: str) -> PaymentEvidence:
    return PaymentEvidence(
        source=source,
        verdict=Verdict.FAILED,
        paymentRequestId=payment_request_id,
        resultCode=code,
        resultMessage=reason,
    )


def from_notification(note: Notification) -> PaymentEvidence | CaptureEvidence:
    """Returns the evidence of a verified notification.

    PAYMENT_PENDING is always IN_PROCESS. RISK_POST_REVIEW decides nothing but the risk review.
    """
    if isinstance(note, CaptureNotification):
        return from_capture(note, Source.NOTIFICATION, note.captureRequestId)
    if isinstance(note, RiskReviewNotification):
        return _payment(note, Source.NOTIFICATION, Verdict.UNCLEAR, note.result)
    pending = note.notifyType == "PAYMENT_PENDING"
    verdict = Verdict.IN_PROCESS if pending else _verdict(note.result)
    return _payment(note, Source.NOTIFICATION, verdict, note.result)


def from_capture(facts: CaptureFacts, source: Source, capture_request_id: str) -> CaptureEvidence:
    """Returns the evidence of a capture response or a capture notification."""
    amount = facts.captureAmount
    return CaptureEvidence(
        source=source,
        verdict=_verdict(facts.result),
        paymentId=facts.paymentId,
        captureRequestId=capture_request_id,
        captureId=facts.captureId,
        currency=amount.currency if amount else None,
        value=amount.value if amount else None,
        resultCode=bounded(facts.result.resultCode, MAX_CODE),
        resultMessage=_clean(facts.result.resultMessage),
    )


def from_inquiry(
    answer: InquiryPaymentResponse, payment_request_id: str, expires_at: datetime
) -> GatewayRecord:
    """Returns the record of a signed inquiry response: the payment and each of its captures.

    `result` is the result of the inquiry itself; the state of the payment is `paymentStatus`.
    """
    if answer.result.resultStatus != ResultStatus.S:
        absent = answer.result.resultCode == ORDER_NOT_EXIST
        evidence = _payment(
            answer, Source.INQUIRY, Verdict.ABSENT if absent else Verdict.UNCLEAR, answer.result
        )
    else:
        redirect = _form_action(answer, expires_at)
        evidence = _payment(
            answer, Source.INQUIRY, _status(answer.paymentStatus), _inquired(answer), redirect
        )
    captures = (t for t in answer.transactions if t.transactionType == TransactionType.CAPTURE)
    is_done = evidence.verdict is Verdict.IN_PROCESS and answer.paymentStatus == TransactionStatus.PENDING
    own = evidence.model_copy(update={"paymentRequestId": payment_request_id, "buyerIsDone": is_done})
    listed = tuple(_from_transaction(t, answer.paymentId) for t in captures)
    return GatewayRecord(payment=own, captures=listed)


def _verdict(result: Result) -> Verdict:
    if isinstance(result.resultStatus, ResultStatus):
        return _BY_RESULT[result.resultStatus]
    return Verdict.UNCLEAR


def _status(status: TransactionStatus | str | None) -> Verdict:
    return _BY_STATUS[status] if isinstance(status, TransactionStatus) else Verdict.UNCLEAR


def _inquired(answer: InquiryPaymentResponse) -> Result:
    code = answer.paymentResultCode or answer.paymentStatus or answer.result.resultCode
    return Result(
        resultCode=code, resultStatus=answer.result.resultStatus, resultMessage=answer.paymentResultMessage
    )


def _payment(
    facts: PaymentFacts,
    source: Source,
    verdict: Verdict,
    result: Result,
    next_action: NextAction | None = None,
) -> PaymentEvidence:
    amount, info = facts.paymentAmount, facts.result_info
    return PaymentEvidence(
        source=source,
        verdict=verdict,
        paymentRequestId=facts.paymentRequestId,
        paymentId=facts.paymentId,
        currency=amount.currency if amount else None,
        value=amount.value if amount else None,
        resultCode=bounded(result.resultCode, MAX_CODE),
        resultMessage=_clean(result.resultMessage),
        paymentTime=_plausible(facts.paid_at),
        authExpiryTime=_plausible(facts.auth_expiry),
        paymentResultInfo=_kept(info),
        cardToken=info.cardToken if info else None,
        authReviewStatus=_word(facts.authReviewStatus),
        nextAction=next_action,
    )


def _from_transaction(entry: Transaction, payment_id: str | None) -> CaptureEvidence:
    amount, result = entry.transactionAmount, entry.transactionResult
    return CaptureEvidence(
        source=Source.INQUIRY,
        verdict=_status(entry.transactionStatus),
        paymentId=payment_id,
        captureRequestId=entry.transactionRequestId,
        captureId=entry.transactionId,
        currency=amount.currency if amount else None,
        value=amount.value if amount else None,
        resultCode=bounded(result.resultCode, MAX_CODE) if result else None,
        resultMessage=_clean(result.resultMessage) if result else None,
    )


def _plausible(moment: datetime | None) -> datetime | None:
    """Returns the moment; None for one before the year 2000, which some systems send for "none"."""
    return moment if moment is not None and moment.year >= _FIRST_YEAR else None


def _redirect(answer: PayResponse, expires_at: datetime) -> NextAction | None:
    form = answer.redirectActionForm
    if not answer.has_redirect:
        return None
    return NextAction(
        normalUrl=answer.normalUrl,
        schemeUrl=answer.schemeUrl,
        applinkUrl=answer.applinkUrl,
        redirectActionForm=_known(form) if form else None,
        expiresAt=expires_at,
    )


def _form_action(answer: InquiryPaymentResponse, expires_at: datetime) -> NextAction | None:
    form = answer.redirectActionForm
    if form is None or not form.redirectUrl:
        return None
    return NextAction(redirectActionForm=_known(form), expiresAt=expires_at)


def _known(form: RedirectActionForm) -> dict[str, JsonValue]:
    """Returns the documented fields of the form that redirects the buyer."""
    return {
        name: getattr(form, name) for name in RedirectActionForm.model_fields if name in form.model_fields_set
    }


def _kept(info: PaymentResultInfo | None) -> ResultInfo | None:
    return ResultInfo.model_validate(info.model_dump(exclude_unset=True)) if info else None


def _word(status: str | None) -> str | None:
    """Returns a status word of the gateway, at most 64 characters of it."""
    return masked(status)[:64] if status else None


def _clean(message: str | None) -> str | None:
    return masked(message)[:256] if message else None
