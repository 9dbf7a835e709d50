"""The record of a run without a violation, and functions that change it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from holdfast import Payment, PaymentStatus
from holdfast.antom.amounts import Amount
from holdfast.order import parse_order
from holdfast.payment import AuditEvent, Capture, CaptureStatus
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus
from settlement.commands import open_payment
from tools.chaos.checks.run_record import FinalPayment, RunRecord
from tools.chaos.plan import Ending, Kind, Plan
from tools.demo.shop import CURRENCY
from tools.local_stack.ledger import Attempt, Delivery, Entry, Ledger, Order, SentNotification

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VALUE = 30_000
REFERENCE = "ch-1-00000"
REQUEST = f"{REFERENCE}-1"
CAPTURE = f"{REFERENCE}-c1"
PLAN = Plan(
    reference=REFERENCE,
    kind=Kind.CARD_MANUAL,
    value=VALUE,
    is_manual=True,
    is_three_ds=False,
    complete_within=60,
    retry_window=10,
    buyer_after=0,
    parts=(VALUE,),
    ending=Ending.CAPTURE,
    habits=frozenset(),
    faults=(),
    attacks=(),
    random_seed="",
)
_AMOUNT = Amount(currency=CURRENCY, value=str(VALUE))


def payment(status: PaymentStatus, *, captured: int = 0, **more: object) -> Payment:
    """Returns a payment in this status, with the audit event that led to it."""
    new = open_payment(parse_order(_order()), NOW)
    moved = AuditEvent(at=NOW, source=Source.INQUIRY, from_=new.status, to=status)
    money: dict[str, object] = {}
    if captured:
        amount = Amount(currency=CURRENCY, value=str(captured))
        made = Capture(captureRequestId=CAPTURE, captureAmount=amount, status=CaptureStatus.SUCCESS)
        money = {"capturedAmount": amount, "captures": (made,)}
    return new.model_copy(update={"status": status, "events": (moved,), **money, **more})


def attempt(status: str = "SUCCESS", *, held: int = 0, captured: int = 0, authorized: int = VALUE) -> Attempt:
    """Returns the first attempt in the ledger."""
    return Attempt(
        paymentRequestId=REQUEST,
        orderId=REFERENCE,
        status=status,
        authorizedAmount=authorized,
        heldAmount=held,
        capturedAmount=captured,
    )


def ledger(*attempts: Attempt, most_live: int = 1, captures: tuple[Entry, ...] = ()) -> Ledger:
    """Returns a ledger with one order."""
    taken = sum(each.capturedAmount for each in attempts)
    order = Order(maxLiveAuthorizations=most_live, capturedAmount=taken)
    named = {f"{REFERENCE}-{number}": each for number, each in enumerate(attempts, 1)}
    return Ledger(payments=named, orders={REFERENCE: order} if attempts else {}, events=captures)


def capture_entry(amount: int = VALUE, request_id: str = CAPTURE) -> Entry:
    """Returns a capture in the ledger."""
    return Entry(kind="CAPTURED", referenceOrderId=REFERENCE, amount=amount, captureRequestId=request_id)


def run_record(
    subject: Payment | None, books: Ledger, *, is_running: bool | None = None, later: timedelta = timedelta()
) -> RunRecord:
    """Returns the record of one payment, whose workflow runs until the payment has ended."""
    runs = (subject is not None and not subject.status.is_final) if is_running is None else is_running
    final = FinalPayment(PLAN, subject, runs, is_acknowledged=True, at=NOW + later)
    return RunRecord(payments=[final], ledger=books, calls=[], attacks=[], notifications=[])


def good() -> RunRecord:
    """Returns the record of a payment that was captured once, by its ledger too."""
    books = ledger(attempt(captured=VALUE), captures=(capture_entry(),))
    return run_record(payment(PaymentStatus.CAPTURED, captured=VALUE), books)


def planned(found: RunRecord, **changes: object) -> RunRecord:
    """Returns the record with another plan."""
    [final] = found.payments
    plan = replace(final.plan, **changes)  # type: ignore[arg-type]  # each is a field of another type
    return replace(found, payments=[replace(final, plan=plan)])


def not_captured_on_purpose(found: RunRecord) -> RunRecord:
    """Returns the record with a merchant who does not capture."""
    return planned(found, ending=Ending.LEAVE)


def still_running(found: RunRecord) -> RunRecord:
    """Returns the record with a workflow that runs."""
    [final] = found.payments
    return replace(found, payments=[replace(final, is_running=True)])


def capture(status: CaptureStatus, amount: int = VALUE, request_id: str = CAPTURE) -> Capture:
    """Returns a capture of the payment."""
    wanted = Amount(currency=CURRENCY, value=str(amount))
    return Capture(captureRequestId=request_id, captureAmount=wanted, status=status)


def decided(subject: Payment, code: str, after: timedelta) -> Payment:
    """Returns the payment with its attempt declined with this code, so long after its start."""
    [first] = subject.attempts
    decision = {"status": AttemptStatus.DECLINED, "resultCode": code, "decidedAt": first.startedAt + after}
    return subject.with_attempt(first.model_copy(update=decision))


def with_events(subject: Payment, *events: AuditEvent) -> Payment:
    """Returns the payment with more events in its audit trail."""
    return subject.model_copy(update={"events": (*subject.events, *events)})


def audit_event(after: timedelta, event: Event | None = None, detail: str | None = None) -> AuditEvent:
    """Returns an event of the audit trail, so long after the payment's start."""
    there = PaymentStatus.CANCELLING
    return AuditEvent(at=NOW + after, source=Source.CLOCK, event=event, from_=there, to=there, detail=detail)


def success_notification(after: timedelta, **more: object) -> SentNotification:
    """Returns a notification of success, acknowledged so long after the payment's start."""
    delivery = Delivery(at=NOW + after, forged=False, answer=200, acknowledged=True)
    facts = {
        "notifyType": "PAYMENT_RESULT",
        "paymentRequestId": REQUEST,
        "body": {"result": {"resultStatus": "S"}},
        "attempts": (delivery,),
    }
    return SentNotification.model_validate({**facts, **more})


def _order() -> dict[str, object]:
    return {
        "paymentReference": REFERENCE,
        "order": {"referenceOrderId": REFERENCE, "orderDescription": "Cups", "orderAmount": _AMOUNT},
        "paymentAmount": _AMOUNT,
        "env": {"terminalType": "WEB"},
        "paymentRedirectUrl": "https://shop.example/back",
        "paymentMethod": {"paymentMethodType": "CARD"},
        "captureMode": "MANUAL",
    }
