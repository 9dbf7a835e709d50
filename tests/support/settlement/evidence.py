"""Payments in each status, and evidence about them by source."""

from datetime import UTC, datetime, timedelta
from typing import Any

from holdfast.antom.amounts import Amount
from holdfast.antom.models import CaptureMode
from holdfast.next_action import NextAction
from holdfast.payment import Attempt, AuditEvent, Capture, CaptureStatus, Payment, Review
from holdfast.payment_event import Event
from holdfast.progress import Progress
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import CaptureEvidence, PaymentEvidence, Verdict
from settlement.mismatch import Settlement
from settlement.settle import settle

OPENED = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
NOW = OPENED + timedelta(minutes=5)
EXPIRY = OPENED + timedelta(days=7)
REFERENCE = "ORDER_1"
PAYMENT_ID = "gateway-1"
ANOTHER_PAYMENT_ID = "gateway-other"
WHOLE = Amount(currency="EUR", value="30000")
PART = Amount(currency="EUR", value="10000")
REST = Amount(currency="EUR", value="20000")
LIMIT = 3
PAGE = NextAction(normalUrl="https://gateway.example/pay", expiresAt=OPENED + timedelta(minutes=14))

CODES = {
    Verdict.SUCCEEDED: "SUCCESS",
    Verdict.FAILED: "DO_NOT_HONOR",
    Verdict.CANCELLED: "CANCELLED",
    Verdict.IN_PROCESS: "PAYMENT_IN_PROCESS",
    Verdict.ABSENT: "ORDER_NOT_EXIST",
    Verdict.UNCLEAR: "SOMETHING_NEW",
}
_BEFORE: dict[S, tuple[S, Event]] = {
    S.ACTION_REQUIRED: (S.AUTHORIZING, Event.BUYER_NEEDED),
    S.PENDING: (S.AUTHORIZING, Event.IN_PROCESS),
    S.AUTHORIZED: (S.AUTHORIZING, Event.AUTHORIZED),
    S.CAPTURING: (S.AUTHORIZED, Event.CAPTURE_REQUESTED),
    S.PARTIALLY_CAPTURED: (S.CAPTURING, Event.PARTIALLY_CAPTURED),
    S.CAPTURED: (S.CAPTURING, Event.CAPTURED),
    S.DECLINED: (S.AUTHORIZING, Event.DECLINED),
    S.CANCELLING: (S.AUTHORIZED, Event.CANCEL_REQUESTED),
    S.FAILED: (S.DECLINED, Event.RETRY_WINDOW_CLOSED),
    S.CANCELLED: (S.CANCELLING, Event.CANCEL_CONFIRMED),
    S.EXPIRED: (S.CANCELLING, Event.EXPIRY_CONFIRMED),
    S.NEEDS_REVIEW: (S.AUTHORIZING, Event.OUTCOME_UNKNOWN),
}
"""The previous status and the event that leads into each status."""
_ATTEMPTS: dict[S, A] = {
    S.AUTHORIZING: A.AUTHORIZING,
    S.ACTION_REQUIRED: A.ACTION_REQUIRED,
    S.PENDING: A.PENDING,
    S.AUTHORIZED: A.AUTHORIZED,
    S.CAPTURING: A.AUTHORIZED,
    S.PARTIALLY_CAPTURED: A.AUTHORIZED,
    S.CAPTURED: A.AUTHORIZED,
    S.CANCELLING: A.AUTHORIZED,
    S.DECLINED: A.DECLINED,
    S.FAILED: A.DECLINED,
    S.CANCELLED: A.CANCELLED,
    S.EXPIRED: A.EXPIRED,
    S.NEEDS_REVIEW: A.AUTHORIZING,
}
_OPEN = {A.AUTHORIZING, A.ACTION_REQUIRED, A.PENDING}
_HELD = {A.AUTHORIZED, A.AUTHORIZED_AFTER_CLOSE}


def request_id(number: int = 1) -> str:
    return f"{REFERENCE}-{number}"


def capture_id(number: int = 1) -> str:
    return f"{REFERENCE}-c{number}"


def capture(status: CaptureStatus, amount: Amount = WHOLE, number: int = 1, *, last: bool = True) -> Capture:
    return Capture(
        captureRequestId=capture_id(number), captureAmount=amount, isLastCapture=last, status=status
    )


def attempt(status: A, number: int = 1, **fields: Any) -> Attempt:
    decided: dict[str, Any] = {}
    if status not in _OPEN:
        decided = {"decidedAt": OPENED, "decidedBy": Source.PAY_RESPONSE}
    if status in _HELD:
        decided |= {"authorizedAt": OPENED, "authExpiryTime": EXPIRY, "latestAuthExpiryTime": EXPIRY}
        decided |= {"expiryActionTime": EXPIRY - timedelta(hours=1)}
    facts = {"paymentId": PAYMENT_ID if number == 1 else f"gateway-{number}", "startedAt": OPENED, **decided}
    return Attempt.model_validate(
        {"paymentRequestId": request_id(number), "status": status, **facts, **fields}
    )


def payment_at(status: S, mode: CaptureMode = CaptureMode.MANUAL, **fields: Any) -> Payment:
    """Returns a payment of EUR 300.00 with one attempt, in its usual state for this status."""
    defaults: dict[str, Any] = {"attempts": (attempt(_ATTEMPTS[status]),), **_last_change(status)}
    if _ATTEMPTS[status] is A.AUTHORIZED:
        defaults |= {"authorizedAmount": WHOLE, "authExpiryTime": EXPIRY}
    if status is S.ACTION_REQUIRED:
        defaults |= {"nextAction": PAGE}
    if status is S.NEEDS_REVIEW:
        defaults |= {"review": Review(reason="the truth could not be established", since=OPENED)}
    defaults |= _captures(status)
    return Payment(
        paymentReference=REFERENCE,
        merchantAccount="default",
        paymentAmount=WHOLE,
        captureMode=mode,
        status=status,
        **(defaults | fields),
    )


def _last_change(status: S) -> dict[str, Any]:
    """Returns the last line of the audit trail, and the typed facts of the same change."""
    if status not in _BEFORE:
        return {}
    before, event = _BEFORE[status]
    source = Source.PAY_RESPONSE
    line = AuditEvent(at=OPENED, source=source, event=event, from_=before, to=status)
    return {
        "events": (line,),
        "progress": Progress().after_transition(event, source, OPENED, from_=before, to=status),
    }


def _captures(status: S) -> dict[str, Any]:
    if status is S.CAPTURING:
        return {"captures": (capture(CaptureStatus.PROCESSING),)}
    if status is S.PARTIALLY_CAPTURED:
        return {"captures": (capture(CaptureStatus.SUCCESS, PART, last=False),), "capturedAmount": PART}
    if status is S.CAPTURED:
        return {"captures": (capture(CaptureStatus.SUCCESS),), "capturedAmount": WHOLE}
    return {}


def payment_evidence(
    verdict: Verdict, source: Source = Source.NOTIFICATION, **fields: Any
) -> PaymentEvidence:
    """Returns evidence that matches the first attempt in everything but `fields`."""
    facts: dict[str, Any] = {
        "paymentRequestId": request_id(),
        "paymentId": PAYMENT_ID,
        "currency": "EUR",
        "value": "30000",
        "resultCode": CODES[verdict],
        "authExpiryTime": EXPIRY if verdict is Verdict.SUCCEEDED else None,
    }
    return PaymentEvidence(source=source, verdict=verdict, **(facts | fields))


def capture_evidence(
    verdict: Verdict, source: Source = Source.NOTIFICATION, amount: Amount = WHOLE, **fields: Any
) -> CaptureEvidence:
    """Returns evidence that matches the first capture in everything but `fields`."""
    facts: dict[str, Any] = {
        "captureRequestId": capture_id(),
        "paymentId": PAYMENT_ID,
        "captureId": "captured-1",
        "currency": amount.currency,
        "value": amount.value,
        "resultCode": "USER_STATUS_ABNORMAL" if verdict is Verdict.FAILED else CODES[verdict],
    }
    return CaptureEvidence(source=source, verdict=verdict, **(facts | fields))


def settled(payment: Payment, *claims: PaymentEvidence | CaptureEvidence, at: datetime = NOW) -> Settlement:
    """Settles the claims in their order; `ask` is that of the last one."""
    settlement = Settlement(payment)
    for claim in claims:
        settlement = settle(settlement.payment, claim, at, attempt_limit=LIMIT, accepts_external=True)
    return settlement
