"""One notification with the attempts to deliver it."""

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from simulator.clock import iso
from simulator.faults import Fault
from simulator.http.body import Answer
from simulator.recording.exchanges import Exchange
from simulator.state import Payment


class DeliveryState(StrEnum):
    """The state of a notification's delivery."""

    PENDING = "PENDING"
    """It is sent next, or again, when its time has come."""
    HELD = "HELD"
    """It is held until it is released."""
    ACKNOWLEDGED = "ACKNOWLEDGED"
    EXHAUSTED = "EXHAUSTED"
    """All eight sends are over without an acknowledgement."""
    NOT_SENT = "NOT_SENT"
    """The fault `none` suppresses it."""


@dataclass
class Attempt:
    """One send. `answer` is the HTTP status or the class of an error; None as long as there is none."""

    at: datetime
    exchange: Exchange = field(repr=False)
    forgery: str | None = None
    is_resend: bool = False
    answer: int | str | None = None
    acknowledged: bool = False

    def wire(self) -> dict[str, object]:
        """Returns the attempt in the format of GET /notifications."""
        return {
            "at": iso(self.at),
            "forged": self.forgery is not None,
            "answer": self.answer,
            "acknowledged": self.acknowledged,
            "forgery": self.forgery,
            "resent": self.is_resend,
            "sentAt": self.exchange.started.isoformat(timespec="milliseconds"),
            "durationMs": self.exchange.duration_ms,
        }

    def detail(self) -> dict[str, object]:
        """Returns the attempt in the format of GET /notifications/{id}."""
        return {**self.wire(), "exchange": self.exchange.wire()}


@dataclass
class Notification:
    """One notification and the result of each attempt to deliver it. `next_send` is in simulated time."""

    payment: Payment
    body: Answer
    created_at: datetime
    capture_request_id: str = ""
    fault: Fault | None = None
    attempts: list[Attempt] = field(default_factory=list)
    acknowledged: bool = False
    attempted: asyncio.Event = field(default_factory=asyncio.Event)
    event_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    is_held: bool = False
    is_exhausted: bool = False
    next_send: datetime | None = None

    @property
    def type(self) -> str:
        """The notifyType: PAYMENT_RESULT, PAYMENT_PENDING, CAPTURE_RESULT or RISK_POST_REVIEW."""
        return str(self.body["notifyType"])

    @property
    def fault_name(self) -> str:
        """The name of the fault that is injected; empty where there is none."""
        return self.fault.fault if self.fault else ""

    @property
    def fault_seconds(self) -> float:
        """The seconds of the fault; 0 where there is none."""
        return self.fault.seconds if self.fault else 0.0

    @property
    def state(self) -> DeliveryState:
        """The state of the delivery."""
        if self.acknowledged:
            return DeliveryState.ACKNOWLEDGED
        if self.fault_name == "none":
            return DeliveryState.NOT_SENT
        if self.is_exhausted:
            return DeliveryState.EXHAUSTED
        return DeliveryState.HELD if self.is_held else DeliveryState.PENDING

    def wire(self) -> dict[str, object]:
        """Returns the notification in the format of GET /notifications."""
        return {**self._fields(), "attempts": [attempt.wire() for attempt in self.attempts]}

    def detail(self) -> dict[str, object]:
        """Returns the notification with the exchange of each attempt, as GET /notifications/{id}."""
        return {**self._fields(), "attempts": [attempt.detail() for attempt in self.attempts]}

    def _fields(self) -> dict[str, object]:
        return {
            "notifyType": self.type,
            "paymentRequestId": self.payment.request_id,
            "paymentId": self.payment.payment_id,
            "captureRequestId": self.capture_request_id or None,
            "url": self.payment.notify_url,
            "fault": self.fault_name or None,
            "body": self.body,
            "attempts": [],
            "acknowledged": self.acknowledged,
            "id": self.event_id,
            "createdAt": iso(self.created_at),
            "state": str(self.state),
            "nextSendAt": iso(self.next_send) if self.next_send and not self.acknowledged else None,
        }
