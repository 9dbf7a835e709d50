"""An operator's resolution of a payment: its refusal, its evidence, and its effect on the review."""

from datetime import datetime

from holdfast.errors import InvalidRequest, NotUnderReview, PaymentEnded, ResolutionUnconfirmed
from holdfast.payment import CaptureStatus, Payment
from holdfast.resolution import Outcome, Resolution
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement import refusal_text as text
from settlement.audit import text as audit_text
from settlement.audit.trail import append_event
from settlement.evidence import OPERATOR_DECISION, CaptureEvidence, PaymentEvidence, Verdict
from settlement.gateway_record import CLOSING_VERDICTS, GatewayRecord
from settlement.mismatch import amount_mismatch, names_another_payment

_INSIST = 'Where the dashboard shows the outcome, send it with "force": true.'


def refuse_resolution(payment: Payment, resolution: Resolution) -> None:
    """Raises PaymentEnded, NotUnderReview or InvalidRequest where the resolution cannot be applied now."""
    if payment.status.is_final:
        raise PaymentEnded(text.ended(payment))
    if resolution.outcome is Outcome.ACKNOWLEDGED:
        if payment.review is None:
            raise NotUnderReview(text.nothing_to_acknowledge(payment))
    elif payment.status is not S.NEEDS_REVIEW:
        raise NotUnderReview(text.not_under_review(payment))
    else:
        _refuse_outcome(payment, resolution)


def _refuse_outcome(payment: Payment, resolution: Resolution) -> None:
    """Raises InvalidRequest where the resolution is not about what has no known outcome.

    That is the open capture, where there is one, and the current attempt otherwise.
    """
    unknown = payment.open_capture and payment.open_capture.captureRequestId
    if resolution.captureRequestId != unknown:
        wanted = f"must be {unknown}, the capture without a result" if unknown else "must be absent"
        raise InvalidRequest(f"captureRequestId: {wanted}")
    if resolution.outcome is Outcome.SUCCEEDED and not (payment.attempt.paymentId or resolution.paymentId):
        raise InvalidRequest("paymentId: is required, the gateway has not reported it")


def refuse_other_question(before: Payment, payment: Payment) -> None:
    """Raises ResolutionUnconfirmed where what is unknown now is not what the operator has decided.

    Other evidence can decide the payment during the inquiry, and the merchant can go on with another attempt
    or capture.

    Args:
        before: The payment for which the resolution was accepted.
        payment: The payment after the inquiry, which is NEEDS_REVIEW still or again.
    """
    if _question(before) != _question(payment):
        raise ResolutionUnconfirmed(
            "the payment went on with another attempt or capture meanwhile, and the resolution is not "
            "applied: read the payment, then look at the dashboard again"
        )


def _question(payment: Payment) -> tuple[str, str | None]:
    capture = payment.open_capture
    return payment.attempt.paymentRequestId, capture.captureRequestId if capture else None


def refuse_unconfirmed(resolution: Resolution, record: GatewayRecord | None) -> None:
    """Raises ResolutionUnconfirmed where there is no record, or where it contradicts the resolution.

    A failure is contradicted by a record in which the payment or the capture may still take money: the
    merchant's next attempt or capture would take it twice.

    Args:
        resolution: The operator's decision about a payment that is still NEEDS_REVIEW after the record was
            settled.
        record: The gateway's record of the current attempt; None where the gateway has not answered.
    """
    if resolution.force:
        return
    if record is None or not record.is_answered:
        raise ResolutionUnconfirmed(
            f"the gateway has not answered, and the resolution is not applied: send it again later. {_INSIST}"
        )
    what = f"capture {resolution.captureRequestId}" if resolution.captureRequestId else "payment"
    if resolution.outcome is not Outcome.SUCCEEDED:
        _refuse_denial(resolution, record, what)
    elif _is_contradicted(resolution, record):
        raise ResolutionUnconfirmed(
            f"the gateway's record has no such successful {what} (the payment is {record.verdict}), and the "
            f"resolution is not applied: look at the dashboard again. {_INSIST}"
        )


def _refuse_denial(resolution: Resolution, record: GatewayRecord, what: str) -> None:
    named = (each for each in record.taken_captures if each.captureRequestId == resolution.captureRequestId)
    if any(named) if resolution.captureRequestId else record.has_money:
        raise ResolutionUnconfirmed(
            f"the gateway's record has a {what} that has taken money or may still take it, and the "
            f"resolution is not applied: look at the dashboard again. {_INSIST}"
        )


def refuse_open_success(payment: Payment, resolution: Resolution, record: GatewayRecord | None) -> None:
    """Raises ResolutionUnconfirmed where the gateway's record does not confirm a success that is reported.

    A record confirms it that has the payment or the capture as successful, with its amount and the payment's
    id. One that is in process, or has another amount, confirms nothing.

    Args:
        payment: The payment after the inquiry, which is NEEDS_REVIEW still.
        resolution: The operator's decision, which `refuse_unconfirmed` has accepted.
        record: The gateway's record of the current attempt; None where the gateway has not answered.
    """
    if resolution.force or resolution.outcome is not Outcome.SUCCEEDED:
        return
    if record is None or not _confirms(payment, resolution, record):
        what = f"capture {resolution.captureRequestId}" if resolution.captureRequestId else "payment"
        raise ResolutionUnconfirmed(
            f"the gateway's record leaves the {what} open or has it with other data, such as another amount, "
            f"and the resolution is not applied: look at the dashboard again. {_INSIST}"
        )


def _confirms(payment: Payment, resolution: Resolution, record: GatewayRecord) -> bool:
    if names_another_payment(payment, payment.attempt, record.payment.paymentId):
        return False
    if resolution.captureRequestId is None:
        same = amount_mismatch(payment.paymentAmount, record.payment) is None
        return same and record.verdict is Verdict.SUCCEEDED
    capture = payment.open_capture
    named = (each for each in record.captures if each.captureRequestId == resolution.captureRequestId)
    return capture is not None and any(
        each.verdict is Verdict.SUCCEEDED and amount_mismatch(capture.captureAmount, each) is None
        for each in named
    )


def _is_contradicted(resolution: Resolution, record: GatewayRecord) -> bool:
    """Returns whether the record says that what is reported as succeeded has failed, or does not know it."""
    if resolution.captureRequestId is None:
        return record.verdict in CLOSING_VERDICTS
    named = (each for each in record.captures if each.captureRequestId == resolution.captureRequestId)
    return all(each.verdict in CLOSING_VERDICTS for each in named)


def is_confirmed(payment: Payment, resolution: Resolution) -> bool:
    """Returns whether the payment has the outcome that the resolution states, after an inquiry."""
    has_succeeded = resolution.outcome is Outcome.SUCCEEDED
    if resolution.captureRequestId is not None:
        wanted = CaptureStatus.SUCCESS if has_succeeded else CaptureStatus.FAIL
        named = (c for c in payment.captures if c.captureRequestId == resolution.captureRequestId)
        return any(capture.status is wanted for capture in named)
    attempt = payment.attempt.status
    return attempt is AttemptStatus.AUTHORIZED if has_succeeded else attempt.is_closed


def evidence_of(payment: Payment, resolution: Resolution) -> PaymentEvidence | CaptureEvidence | None:
    """Returns the resolution as evidence; None where it decides nothing."""
    if resolution.outcome is Outcome.ACKNOWLEDGED:
        return None
    verdict = Verdict(resolution.outcome)
    if resolution.captureRequestId is not None:
        return CaptureEvidence(
            source=Source.OPERATOR,
            verdict=verdict,
            captureRequestId=resolution.captureRequestId,
            paymentId=resolution.paymentId,
            resultCode=OPERATOR_DECISION,
        )
    return PaymentEvidence(
        source=Source.OPERATOR,
        verdict=verdict,
        paymentRequestId=payment.attempt.paymentRequestId,
        paymentId=resolution.paymentId,
        resultCode=OPERATOR_DECISION,
    )


def apply_resolution(payment: Payment, resolution: Resolution, at: datetime, *, matches: bool) -> Payment:
    """Returns the payment with the resolution in its audit trail, and without a review.

    The review stays where the resolution contradicts other evidence (`matches` is false), and where it leaves
    the payment undecided.
    """
    detail = audit_text.resolution(resolution)
    after = append_event(payment, at, Source.OPERATOR, code=resolution.outcome, detail=detail)
    is_open = payment.status is S.NEEDS_REVIEW and resolution.outcome is not Outcome.ACKNOWLEDGED
    review = None if matches and not is_open else payment.review
    return after.model_copy(update={"review": review})
