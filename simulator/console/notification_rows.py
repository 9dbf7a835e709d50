"""Notifications and the attempts to deliver them, for the console."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from simulator.console.exchange_view import ExchangeView
from simulator.console.fault_words import fault_title
from simulator.console.rows import duration_text, payment_url, time_of
from simulator.console.status_words import NOTIFICATION_TYPES, Label
from simulator.http.body import Body

_STATES = {
    "PENDING": Label("To be sent", "wait"),
    "HELD": Label("Held", "wait"),
    "ACKNOWLEDGED": Label("Acknowledged", "good"),
    "EXHAUSTED": Label("Given up", "bad"),
    "NOT_SENT": Label("Never sent", "quiet"),
}
FORGERIES = {
    "wrong_signature": "The opposite result, with a signature of other content",
    "tampered_content": "The opposite result, with the signature of the true content",
    "changed_content": "The opposite result, with a valid signature",
    "old_time": "The true content from two days ago, with a valid signature",
    "other_client_id": "The true content, signed for another client id",
}
"""The kinds of a forged notification in words, in the order of the form."""


@dataclass(frozen=True)
class NotificationRow:
    """One notification with the state of its delivery."""

    id: str
    url: str
    payment_url: str
    request_id: str
    created: str
    title: str
    result: Label
    state: Label
    fault: str
    attempts: int
    next_send: str

    @classmethod
    def of(cls, notification: Mapping[str, object]) -> "NotificationRow":
        """Returns the row of an object of GET /notifications."""
        body = Body(notification)
        attempts = body.at("attempts")
        return cls(
            id=body.text("id"),
            url=f"/console/notifications/{quote(body.text('id'), safe='')}",
            payment_url=payment_url(body.text("paymentRequestId")),
            request_id=body.text("paymentRequestId"),
            created=time_of(body.text("createdAt")),
            title=NOTIFICATION_TYPES.get(body.text("notifyType"), body.text("notifyType")),
            result=_result(body),
            state=_STATES.get(body.text("state"), Label(body.text("state"), "quiet")),
            fault=fault_title("notification", body.text("fault")),
            attempts=len(attempts) if isinstance(attempts, list) else 0,
            next_send=time_of(body.text("nextSendAt")),
        )


def _result(notification: Body) -> Label:
    """Returns the result that the notification reports."""
    code, status = (notification.text(f"body.result.{name}") for name in ("resultCode", "resultStatus"))
    return Label("Success", "good") if status == "S" else Label(f"{status} {code}", "bad")


@dataclass(frozen=True)
class AttemptView:
    """One send of a notification; `exchange` is None where it is not kept any more."""

    at: str
    kind: str
    answer: Label
    duration: str
    exchange: ExchangeView | None

    @classmethod
    def of(cls, attempt: Mapping[str, object]) -> "AttemptView":
        """Returns an attempt of GET /notifications/{id} for display."""
        body, exchange = Body(attempt), attempt.get("exchange")
        view = ExchangeView.of(exchange, attempt.get("durationMs")) if isinstance(exchange, Mapping) else None
        return cls(
            at=time_of(body.text("at")),
            kind=_kind(body),
            answer=_answer(attempt),
            duration=duration_text(attempt.get("durationMs")),
            exchange=view,
        )


def _kind(attempt: Body) -> str:
    if forgery := attempt.text("forgery"):
        return f"Forged: {FORGERIES.get(forgery, forgery).lower()}"
    return "Sent by hand" if attempt.flag("resent") else "Sent by the simulator"


def _answer(attempt: Mapping[str, object]) -> Label:
    answer = attempt.get("answer")
    if answer is None:
        return Label("Under way", "wait")
    if attempt.get("acknowledged"):
        return Label(f"HTTP {answer}, acknowledged", "good")
    return Label(f"HTTP {answer}, not acknowledged" if isinstance(answer, int) else f"{answer}", "bad")


@dataclass(frozen=True)
class NotificationView:
    """One notification with its content and all attempts, newest first."""

    row: NotificationRow
    destination: str
    content: str
    attempts: list[AttemptView]

    @classmethod
    def of(cls, notification: Mapping[str, object]) -> "NotificationView":
        """Returns an object of GET /notifications/{id} for display."""
        attempts = notification.get("attempts")
        views = [AttemptView.of(each) for each in attempts] if isinstance(attempts, list) else []
        return cls(
            row=NotificationRow.of(notification),
            destination=str(notification.get("url")),
            content=json.dumps(notification.get("body"), indent=2, ensure_ascii=False),
            attempts=views[::-1],
        )
