"""A run's material with nothing wrong in it, and ways to plant something."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from holdfast import Payment, PaymentStatus
from holdfast.antom.amounts import Amount
from holdfast.attempt_status import AttemptStatus
from holdfast.order import parse_order
from holdfast.payment import AuditEvent, Capture, CaptureStatus
from holdfast.payment_event import Event
from holdfast.source import Source
from settlement.commands import opened
from tools.chaos.checks.verdict import Case, Material
from tools.chaos.ledger import Attempt, Delivery, Entry, Ledger, Notice, Order
from tools.chaos.plan import Ending, Kind, Plan
from tools.demo.shop import CURRENCY

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
    chance="",
)
_AMOUNT = Amount(currency=CURRENCY, value=str(VALUE))


def payment(status: PaymentStatus, *, captured: int = 0, **more: object) -> Payment:
    """A payment in this status, which its audit trail tells of."""
    new = opened(parse_order(_order()), NOW)
    moved = AuditEvent(at=NOW, source=Source.INQUIRY, from_=new.status, to=status)
    money: dict[str, object] = {}
    if captured:
        amount = Amount(currency=CURRENCY, value=str(captured))
        capture = Capture(captureRequestId=CAPTURE, captureAmount=amount, status=CaptureStatus.SUCCESS)
        money = {"capturedAmount": amount, "captures": (capture,)}
    return new.model_copy(update={"status": status, "events": (moved,), **money, **more})


def attempt(status: str = "SUCCESS", *, held: int = 0, captured: int = 0, authorized: int = VALUE) -> Attempt:
    """The ledger's line of the first attempt."""
    return Attempt(
        paymentRequestId=REQUEST,
        orderId=REFERENCE,
        status=status,
        authorizedAmount=authorized,
        heldAmount=held,
        capturedAmount=captured,
    )


def ledger(*attempts: Attempt, most_live: int = 1, captures: tuple[Entry, ...] = ()) -> Ledger:
    """A ledger with one order."""
    taken = sum(each.capturedAmount for each in attempts)
    order = Order(maxLiveAuthorizations=most_live, capturedAmount=taken)
    named = {f"{REFERENCE}-{number}": each for number, each in enumerate(attempts, 1)}
    return Ledger(payments=named, orders={REFERENCE: order} if attempts else {}, events=captures)


def taken(amount: int = VALUE, request_id: str = CAPTURE) -> Entry:
    """The ledger's line of a capture."""
    return Entry(kind="CAPTURED", referenceOrderId=REFERENCE, amount=amount, captureRequestId=request_id)


def material(
    subject: Payment | None, books: Ledger, *, is_running: bool | None = None, later: timedelta = timedelta()
) -> Material:
    """One payment beside the ledger; its workflow runs as long as the payment has not ended."""
    runs = (subject is not None and not subject.status.is_final) if is_running is None else is_running
    case = Case(PLAN, subject, runs, is_acknowledged=True, at=NOW + later)
    return Material(cases=[case], ledger=books, calls=[], blows=[], notices=[])


def good() -> Material:
    """A payment that was captured once, and whose ledger says so."""
    books = ledger(attempt(captured=VALUE), captures=(taken(),))
    return material(payment(PaymentStatus.CAPTURED, captured=VALUE), books)


def planned(found: Material, **changes: object) -> Material:
    """The same material under a plan that differs."""
    [case] = found.cases
    plan = replace(case.plan, **changes)  # type: ignore[arg-type]  # each is a field of another type
    return replace(found, cases=[replace(case, plan=plan)])


def unwanted(found: Material) -> Material:
    """The same material of a merchant who leaves the money where it is."""
    return planned(found, ending=Ending.LEAVE)


def still_running(found: Material) -> Material:
    """The same material, with a workflow that runs."""
    [case] = found.cases
    return replace(found, cases=[replace(case, is_running=True)])


def asked(status: CaptureStatus, amount: int = VALUE, request_id: str = CAPTURE) -> Capture:
    """A capture as the payment knows it."""
    wanted = Amount(currency=CURRENCY, value=str(amount))
    return Capture(captureRequestId=request_id, captureAmount=wanted, status=status)


def decided(subject: Payment, code: str, after: timedelta) -> Payment:
    """The payment with its attempt declined with this code, so long after it began."""
    [first] = subject.attempts
    decision = {"status": AttemptStatus.DECLINED, "resultCode": code, "decidedAt": first.startedAt + after}
    return subject.with_attempt(first.model_copy(update=decision))


def told(subject: Payment, *lines: AuditEvent) -> Payment:
    """The payment with more lines in its audit trail."""
    return subject.model_copy(update={"events": (*subject.events, *lines)})


def line(after: timedelta, event: Event | None = None, detail: str | None = None) -> AuditEvent:
    """A line of the audit trail, so long after the payment began."""
    there = PaymentStatus.CANCELLING
    return AuditEvent(at=NOW + after, source=Source.CLOCK, event=event, from_=there, to=there, detail=detail)


def heard(after: timedelta, **more: object) -> Notice:
    """The gateway's word that the buyer has paid, acknowledged so long after the payment began."""
    delivery = Delivery(at=NOW + after, forged=False, answer=200, acknowledged=True)
    facts = {
        "notifyType": "PAYMENT_RESULT",
        "paymentRequestId": REQUEST,
        "body": {"result": {"resultStatus": "S"}},
        "attempts": (delivery,),
    }
    return Notice.model_validate({**facts, **more})


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
