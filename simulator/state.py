"""Payments, captures, and the append-only record of all movements of money."""

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from simulator.cards import Card
from simulator.clock import Clock, iso
from simulator.http.body import Answer, Money, Refused


class Status(StrEnum):
    """The values of paymentStatus and transactionStatus (Antom)."""

    PROCESSING = "PROCESSING"
    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAIL = "FAIL"
    CANCELLED = "CANCELLED"


class RiskReview(StrEnum):
    """The values of authReviewStatus (Antom)."""

    PROCESSING = "PROCESSING"
    ACCEPT = "ACCEPT"
    REJECT = "REJECT"


@dataclass
class Capture:
    """One capture, made by the merchant or by the gateway (automatic capture)."""

    request_id: str
    capture_id: str
    amount: int
    is_last: bool
    at: datetime
    status: Status = Status.PROCESSING
    code: str = "CAPTURE_IN_PROCESS"


@dataclass
class Payment:
    """One payment attempt, which is one paymentRequestId. Amounts are integers in minor units."""

    request_id: str
    payment_id: str
    token: str
    order_id: str
    description: str
    amount: Money
    method_id: str
    manual_capture: bool
    wants_3ds: bool
    wants_issuer: bool
    wants_token: bool
    notify_url: str
    redirect_url: str
    created_at: datetime
    closes_at: datetime
    page: str = ""
    status: Status = Status.PROCESSING
    code: str = "PAYMENT_IN_PROCESS"
    message: str = "payment in process"
    card: Card | None = None
    challenged: bool = False
    consented: bool = False
    risk_review: RiskReview | None = None
    paid_at: datetime | None = None
    expires_at: datetime | None = None
    cancelled_at: datetime | None = None
    expired: bool = False
    voided: bool = False
    held: int = 0
    captured: int = 0
    refunded: int = 0
    authorized: int = 0
    captures: list[Capture] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    pay_answer: Answer | None = None

    @property
    def is_open(self) -> bool:
        """Whether the payment is undecided."""
        return self.status in (Status.PROCESSING, Status.PENDING)

    @property
    def is_live(self) -> bool:
        """Whether money of the buyer is held or captured."""
        return self.held > 0 or self.captured > self.refunded


class Store:
    """All payments and ledger events since the start or the last reset."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.payments: dict[str, Payment] = {}
        self.captures: dict[str, tuple[Payment, Capture]] = {}
        self.rejected_captures: dict[str, tuple[Money, Refused]] = {}
        self.events: list[dict[str, object]] = []
        self._max_live: dict[str, int] = {}
        self._numbers = itertools.count(1)

    def new_id(self) -> str:
        """Returns a unique id in the gateway's format: a date and further digits."""
        return f"{self._clock.now():%Y%m%d}19401{next(self._numbers):08d}{secrets.randbelow(10**12):012d}"

    def add(self, payment: Payment) -> None:
        """Stores a new payment."""
        self.payments[payment.request_id] = payment

    def find(self, payment_id: str, request_id: str) -> Payment | None:
        """Returns the payment with this paymentId, or else, where that is empty, this paymentRequestId."""
        if payment_id:
            return next((p for p in self.payments.values() if p.payment_id == payment_id), None)
        return self.payments.get(request_id)

    def by_token(self, token: str) -> Payment | None:
        """Returns the payment whose page has this secret token in its URL."""
        return next((p for p in self.payments.values() if p.token == token), None)

    def record(self, kind: str, payment: Payment, amount: int, capture: Capture | None = None) -> None:
        """Appends an event to the ledger; the payment must have its new state already."""
        event: dict[str, object] = {
            "at": iso(self._clock.now()),
            "kind": kind,
            "paymentRequestId": payment.request_id,
            "paymentId": payment.payment_id,
            "referenceOrderId": payment.order_id,
            "amount": amount,
            "currency": payment.amount.currency,
        }
        if capture is not None:
            event["captureRequestId"] = capture.request_id
        self.events.append(event)
        highest = self._max_live.get(payment.order_id, 0)
        self._max_live[payment.order_id] = max(highest, len(self._live(payment.order_id)))

    def _live(self, order_id: str) -> list[Payment]:
        return [p for p in self.payments.values() if p.order_id == order_id and p.is_live]

    def max_live(self, order_id: str) -> int:
        """Returns the highest number of authorizations of one order that were live at the same time."""
        return self._max_live.get(order_id, 0)
