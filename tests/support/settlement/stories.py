"""Random stories of a payment: evidence of every kind, and what merchants, people and clocks do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from holdfast.antom.amounts import Amount
from holdfast.antom.models import CaptureMode
from holdfast.attempt_status import AttemptStatus as A
from holdfast.errors import HoldfastError, InvalidState
from holdfast.order import CaptureRequest, parse_order
from holdfast.payment import Payment
from holdfast.payment_event import Event
from holdfast.resolution import Resolution
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
from settlement.audit_trail import apply_event
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
from settlement.resolution import apply_resolution, evidence_of, refuse_resolution
from settlement.settle import settle
from tests.support.settlement.actions import words_about
from tests.support.settlement.evidence import EXPIRY, LIMIT, OPENED, PAGE, PART, REST, WHOLE, payment_at
from tests.unit.holdfast.orders import order_fields

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
    """Something that happens to a payment; `claim` when somebody said something."""

    name: str
    does: Callable[[Payment, datetime], Payment]
    claim: Claim | None = None

    def __repr__(self) -> str:
        return f"{self.name} {self.claim!r}" if self.claim else self.name


def told(claim: Claim) -> Step:
    return Step(
        "told",
        lambda payment, at: settle(payment, claim, at, attempt_limit=LIMIT, accepts_external=True).payment,
        claim,
    )


def _mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """The usual value more often than not."""
    return st.sampled_from([usual] * (4 * len(others)) + list(others))


@st.composite
def payment_claims(draw: st.DrawFn, payment: Payment) -> PaymentEvidence:
    """What anybody may say of this payment: mostly of its current attempt, and mostly fitting."""
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
    """What anybody may say of this payment's captures, or of captures it never asked for."""
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
    """Anything anybody may say about this payment."""
    return st.one_of(payment_claims(payment), capture_claims(payment))


def _capture(request: CaptureRequest) -> Callable[[Payment, datetime], Payment]:
    def does(payment: Payment, at: datetime) -> Payment:
        try:
            refuse_capture(payment, request)
        except InvalidState:
            return payment
        return request_capture(payment, request, at, Source.MERCHANT)

    return does


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


def _moves(event: Event) -> Callable[[Payment, datetime], Payment]:
    return lambda payment, at: apply_event(payment, event, at, Source.CLOCK)


def _cancel_refused(payment: Payment, at: datetime) -> Payment:
    """Refused is a cancel only of what the gateway's own record says is held."""
    return _moves(Event.CANCEL_REFUSED)(payment, at) if payment.attempt.status is A.AUTHORIZED else payment


def _resolved(word: Resolution) -> Step:
    """An operator's resolution, as the workflow settles it."""

    def does(payment: Payment, at: datetime) -> Payment:
        try:
            refuse_resolution(payment, word)
        except HoldfastError:
            return payment
        claim = evidence_of(payment, word)
        after = settle(payment, claim, at, attempt_limit=LIMIT).payment if claim else payment
        return apply_resolution(after, word, at, matches=True)

    return Step(f"resolve {word.outcome}", does)


def _reconciled(claim: PaymentEvidence) -> Step:
    """What differs from the gateway's record is flagged, as the workflow does it."""
    record = GatewayRecord(payment=claim.model_copy(update={"source": Source.INQUIRY}))

    def does(payment: Payment, at: datetime) -> Payment:
        for difference in differences(payment, [record]):
            payment = flag_difference(payment, record, difference, at)
        return payment

    return Step(f"reconcile {record.payment!r}", does)


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
CLOCK = [
    Step("cancel refused", _cancel_refused),
    *(
        Step(event, _moves(event))
        for event in (
            Event.DEADLINE_PASSED,
            Event.CANCEL_CONFIRMED,
            Event.EXPIRY_CONFIRMED,
            Event.RETRY_WINDOW_CLOSED,
            Event.REMAINDER_RELEASED,
            Event.AUTHORIZATION_EXPIRING,
            Event.TRUTH_UNKNOWN,
        )
    ),
]


def started(mode: CaptureMode) -> Payment:
    """The payment of an order, nothing sent yet."""
    return open_payment(parse_order(order_fields(captureMode=mode)), OPENED)


def _beginnings() -> list[Payment]:
    """A new payment, and one in each status: the shorter the story, the more of it can be told."""
    manual = [payment_at(status) for status in S if status is not S.AUTHORIZING]
    automatic = [
        payment_at(status, CaptureMode.AUTOMATIC)
        for status in S
        if status not in {S.AUTHORIZING, S.CAPTURING, S.PARTIALLY_CAPTURED}
    ]
    return [started(CaptureMode.MANUAL), *manual, started(CaptureMode.AUTOMATIC), *automatic]


_BEGINNINGS = st.sampled_from(_beginnings())


@dataclass(frozen=True)
class Story:
    """Steps, and the payment before the first and after each of them, a minute apart."""

    steps: tuple[Step, ...]
    payments: tuple[Payment, ...]

    @property
    def end(self) -> Payment:
        """The payment after the last step."""
        return self.payments[-1]

    def __repr__(self) -> str:
        return "\n".join(["", repr(self.payments[0]), *map(repr, self.steps)])


@st.composite
def stories(draw: st.DrawFn, longest: int = 10) -> Story:
    """A payment's life, or the rest of it: half of it is said by others, the other half is done here."""
    payments, steps = [draw(_BEGINNINGS)], []
    for number in range(1, draw(st.integers(0, longest)) + 1):
        now = payments[-1]
        said = claims(now).map(told)
        people = st.one_of(words_about(now).map(_resolved), payment_claims(now).map(_reconciled))
        step = draw(st.one_of(said, said, st.sampled_from(COMMANDS), st.sampled_from(CLOCK), people))
        steps.append(step)
        payments.append(step.does(now, OPENED + timedelta(minutes=number)))
    return Story(tuple(steps), tuple(payments))


@st.composite
def stories_and_claims(draw: st.DrawFn) -> tuple[Payment, Claim]:
    """A payment after a story, and one more claim about it."""
    payment = draw(stories()).end
    return payment, draw(claims(payment))
