"""Payments, captures and the append-only record of what happened to money."""

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from simulator.cards import Card
from simulator.clock import Clock, iso
from simulator.http.body import Answer, Money, Refused


class Status(StrEnum):
    """Antom: paymentStatus and transactionStatus."""

    PROCESSING = "PROCESSING"
    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAIL = "FAIL"
    CANCELLED = "CANCELLED"


@dataclass
class Capture:
    """One capture, of the merchant's making or the gateway's (automatic capture)."""

    request_id: str
    capture_id: str
    amount: int
    is_last: bool
    at: datetime
    status: Status = Status.PROCESSING
    code: str = "CAPTURE_IN_PROCESS"


@dataclass
class Payment:
    """One payment attempt: one paymentRequestId. Amounts are integers in minor units."""

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
        """Whether the buyer or the gateway can still decide it."""
        return self.status in (Status.PROCESSING, Status.PENDING)

    @property
    def is_live(self) -> bool:
        """Whether money of the buyer is held or taken."""
        return self.held > 0 or self.captured > self.refunded


class Store:
    """Everything that happened since the start or the last reset."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.payments: dict[str, Payment] = {}
        self.captures: dict[str, tuple[Payment, Capture]] = {}
        self.rejected_captures: dict[str, tuple[Money, Refused]] = {}
        self.events: list[dict[str, object]] = []
        self._most_live: dict[str, int] = {}
        self._numbers = itertools.count(1)

    def new_id(self) -> str:
        """A unique id of the gateway's shape: a date and many digits."""
        return f"{self._clock.now():%Y%m%d}19401{next(self._numbers):08d}{secrets.randbelow(10**12):012d}"

    def add(self, payment: Payment) -> None:
        """Take up a new payment."""
        self.payments[payment.request_id] = payment

    def find(self, payment_id: str, request_id: str) -> Payment | None:
        """By paymentId, which wins, or by paymentRequestId."""
        if payment_id:
            return next((p for p in self.payments.values() if p.payment_id == payment_id), None)
        return self.payments.get(request_id)

    def by_token(self, token: str) -> Payment | None:
        """By the secret part of its page's URL."""
        return next((p for p in self.payments.values() if p.token == token), None)

    def record(self, kind: str, payment: Payment, amount: int, capture: Capture | None = None) -> None:
        """Append what happened; the state it led to must already be set."""
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
        most = self._most_live.get(payment.order_id, 0)
        self._most_live[payment.order_id] = max(most, len(self._live(payment.order_id)))

    def _live(self, order_id: str) -> list[Payment]:
        return [p for p in self.payments.values() if p.order_id == order_id and p.is_live]

    def most_live(self, order_id: str) -> int:
        """How many authorizations of one order were live at the same time, at most."""
        return self._most_live.get(order_id, 0)
