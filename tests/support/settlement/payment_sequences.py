"""Random sequences of steps for a payment: evidence of every kind, commands, resolutions and timers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from holdfast.antom.amounts import Amount
from holdfast.antom.models import CaptureMode
from holdfast.errors import HoldfastError, InvalidState
from holdfast.order import CaptureRequest, parse_order
from holdfast.payment import Payment
from holdfast.payment_event import Event
from holdfast.resolution import Resolution
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.auth_review_status import AuthReviewStatus
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.apply_event import apply_event
from settlement.commands import (
    open_payment,
    refuse_cancel,
    refuse_capture,
    refuse_retry,
    request_cancel,
    request_capture,
    start_attempt,
)
from settlement.comparison.payments import differences
from settlement.evidence import CaptureEvidence, PaymentEvidence, Verdict
from settlement.gateway_record import GatewayRecord
from settlement.mismatch import flag_difference
from settlement.operator.resolution import apply_resolution, evidence_of, refuse_resolution
from settlement.settle import settle
from tests.support.orders import order_fields
from tests.support.settlement.actions import resolutions
from tests.support.settlement.evidence import EXPIRY, LIMIT, OPENED, PAGE, PART, REST, WHOLE, payment_at

Claim = PaymentEvidence | CaptureEvidence
PAYMENT_CODES = [
    "DO_NOT_HONOR",
    "DO_NOT_HONOR",
    "SUCCESS",
    "RISK_REJECT",
    "ORDER_IS_CLOSED",
    "ORDER_NOT_EXIST",
    None,
]
CAPTURE_CODES = ["SUCCESS", "AUTH_EXPIRED", "AUTH_CANCELLED", "USER_STATUS_ABNORMAL", None]
_VERDICTS = st.sampled_from([*Verdict, *[Verdict.SUCCEEDED, Verdict.SUCCEEDED, Verdict.FAILED] * 2])
_SOURCES = st.sampled_from([*Source, Source.NOTIFICATION, Source.INQUIRY, Source.INQUIRY])
_CURRENCIES = st.sampled_from(["EUR"] * 8 + ["USD", None])


@dataclass(frozen=True)
class Step:
    """One step of a payment; `claim` is its evidence, if it has any."""

    name: str
    apply: Callable[[Payment, datetime], Payment]
    claim: Claim | None = None

    def __repr__(self) -> str:
        return f"{self.name} {self.claim!r}" if self.claim else self.name


def evidence_step(claim: Claim) -> Step:
    return Step(
        "evidence",
        lambda payment, at: settle(payment, claim, at, attempt_limit=LIMIT, accepts_external=True).payment,
        claim,
    )


def _mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """Generates the usual value four times as often as all others together."""
    return st.sampled_from([usual] * (4 * len(others)) + list(others))


@st.composite
def payment_claims(draw: st.DrawFn, payment: Payment) -> PaymentEvidence:
    """Generates evidence about this payment: mostly of its current attempt, and mostly matching it."""
    number = draw(st.sampled_from([len(payment.attempts)] * 4 + [1, 2]))
    return PaymentEvidence(
        source=draw(_SOURCES),
        verdict=draw(_VERDICTS),
        paymentRequestId=draw(_mostly(f"ORDER_1-{number}", "ORDER_2-1", None)),
        paymentId=draw(_mostly(f"gateway-{number}", "gateway-1", "gateway-2", "gateway-9", "", None)),
        currency=draw(_CURRENCIES),
        value=draw(_mostly("30000", "030000", "1", None)),
        resultCode=draw(st.sampled_from(PAYMENT_CODES)),
        authExpiryTime=draw(st.sampled_from([EXPIRY, None])),
        nextAction=draw(st.sampled_from([None, PAGE])),
        buyerIsDone=draw(_mostly(False, True)),
    )


@st.composite
def capture_claims(draw: st.DrawFn, payment: Payment) -> CaptureEvidence:
    """Generates evidence about this payment's captures, and about captures it never requested."""
    known = {c.captureRequestId: c.captureAmount.value for c in payment.captures}
    automatic = payment.captureMode is CaptureMode.AUTOMATIC
    usual = list(known) or (["gateways-1"] if automatic else ["ORDER_1-c1"])
    name = draw(st.sampled_from(usual * 5 + ["ORDER_1-c9", "gateways-1", "gateways-2", None]))
    return CaptureEvidence(
        source=draw(_SOURCES),
        verdict=draw(_VERDICTS),
        captureRequestId=name,
        captureId="1",
        paymentId=draw(_mostly(f"gateway-{len(payment.attempts)}", "gateway-1", "gateway-9", None)),
        currency=draw(_CURRENCIES),
        value=draw(_mostly(known.get(name or "", "30000"), "10000", "1", None)),
        resultCode=draw(st.sampled_from(CAPTURE_CODES)),
    )


def claims(payment: Payment) -> st.SearchStrategy[Claim]:
    """Generates evidence of every kind about this payment."""
    return st.one_of(payment_claims(payment), capture_claims(payment))


@st.composite
def reviewed_claims(draw: st.DrawFn, payment: Payment) -> Claim:
    """Generates evidence of every kind, some of which reports the status of a risk review."""
    claim = draw(claims(payment))
    word = draw(st.sampled_from([None, None, None, None, *AuthReviewStatus, "SOMETHING_NEW"]))
    return (
        claim.model_copy(update={"authReviewStatus": word}) if isinstance(claim, PaymentEvidence) else claim
    )


def _capture(request: CaptureRequest) -> Callable[[Payment, datetime], Payment]:
    def apply(payment: Payment, at: datetime) -> Payment:
        try:
            refuse_capture(payment, request)
        except InvalidState:
            return payment
        return request_capture(payment, request, at, Source.MERCHANT)

    return apply


def _cancel(payment: Payment, at: datetime) -> Payment:
    try:
        refuse_cancel(payment)
    except InvalidState:
        return payment
    return request_cancel(payment, "out of stock", at, Source.MERCHANT)


def _retry(payment: Payment, at: datetime) -> Payment:
    try:
        refuse_retry(payment)
    except InvalidState:
        return payment
    return start_attempt(payment, at)


def _timer_event(event: Event) -> Callable[[Payment, datetime], Payment]:
    return lambda payment, at: apply_event(payment, event, at, Source.CLOCK)


def _cancel_refused(payment: Payment, at: datetime) -> Payment:
    """Applies CANCEL_REFUSED to an authorized attempt: the gateway refuses no other cancellation."""
    return (
        _timer_event(Event.CANCEL_REFUSED)(payment, at) if payment.attempt.status is A.AUTHORIZED else payment
    )


def _resolution_step(resolution: Resolution) -> Step:
    """Applies an operator's resolution as the workflow does."""

    def apply(payment: Payment, at: datetime) -> Payment:
        try:
            refuse_resolution(payment, resolution)
        except HoldfastError:
            return payment
        claim = evidence_of(payment, resolution)
        after = settle(payment, claim, at, attempt_limit=LIMIT).payment if claim else payment
        return apply_resolution(after, resolution, at, matches=True)

    return Step(f"resolve {resolution.outcome}", apply)


def _reconciliation_step(claim: PaymentEvidence) -> Step:
    """Flags the differences from the gateway's record as the workflow does."""
    record = GatewayRecord(payment=claim.model_copy(update={"source": Source.INQUIRY}))

    def apply(payment: Payment, at: datetime) -> Payment:
        for difference in differences(payment, [record]):
            payment = flag_difference(payment, record, difference, at)
        return payment

    return Step(f"reconcile {record.payment!r}", apply)


AMOUNTS: list[Amount | None] = [None, WHOLE, PART, REST]
COMMANDS = [
    Step("retry", _retry),
    Step("retry", _retry),
    Step("cancel", _cancel),
    *(
        Step(f"capture {amount} {last}", _capture(CaptureRequest(captureAmount=amount, isLastCapture=last)))
        for amount in AMOUNTS
        for last in (True, False)
    ),
]
TIMERS = [
    Step("cancel refused", _cancel_refused),
    *(
        Step(event, _timer_event(event))
        for event in (
            Event.DEADLINE_PASSED,
            Event.CANCEL_CONFIRMED,
            Event.EXPIRY_CONFIRMED,
            Event.RETRY_WINDOW_CLOSED,
            Event.REMAINDER_RELEASED,
            Event.AUTHORIZATION_EXPIRING,
            Event.OUTCOME_UNKNOWN,
        )
    ),
]


def new_payment(mode: CaptureMode) -> Payment:
    """Returns the payment of an order before its first gateway call."""
    return open_payment(parse_order(order_fields(captureMode=mode)), OPENED)


def _initial_payments() -> list[Payment]:
    """Returns new payments, and one in each status, so that short sequences reach every status."""
    manual = [payment_at(status) for status in S if status is not S.AUTHORIZING]
    automatic = [
        payment_at(status, CaptureMode.AUTOMATIC)
        for status in S
        if status not in {S.AUTHORIZING, S.CAPTURING, S.PARTIALLY_CAPTURED}
    ]
    return [new_payment(CaptureMode.MANUAL), *manual, new_payment(CaptureMode.AUTOMATIC), *automatic]


_INITIAL_PAYMENTS = st.sampled_from(_initial_payments())


@dataclass(frozen=True)
class PaymentSequence:
    """Steps a minute apart, and the payment before the first and after each of them."""

    steps: tuple[Step, ...]
    payments: tuple[Payment, ...]

    @property
    def end(self) -> Payment:
        """The payment after the last step."""
        return self.payments[-1]

    def __repr__(self) -> str:
        return "\n".join(["", repr(self.payments[0]), *map(repr, self.steps)])


@st.composite
def payment_sequences(draw: st.DrawFn, longest: int = 10) -> PaymentSequence:
    """Generates sequences of which about half the steps are evidence, and half are commands and timers."""
    payments, steps = [draw(_INITIAL_PAYMENTS)], []
    for number in range(1, draw(st.integers(0, longest)) + 1):
        now = payments[-1]
        evidence = reviewed_claims(now).map(evidence_step)
        reviews = st.one_of(
            resolutions(now).map(_resolution_step), payment_claims(now).map(_reconciliation_step)
        )
        commands, timers = st.sampled_from(COMMANDS), st.sampled_from(TIMERS)
        step = draw(st.one_of(evidence, evidence, commands, timers, reviews))
        steps.append(step)
        payments.append(step.apply(now, OPENED + timedelta(minutes=number)))
    return PaymentSequence(tuple(steps), tuple(payments))


@st.composite
def payments_and_claims(draw: st.DrawFn) -> tuple[Payment, Claim]:
    """Generates a payment after a sequence, and one more claim about it."""
    payment = draw(payment_sequences()).end
    return payment, draw(reviewed_claims(payment))
