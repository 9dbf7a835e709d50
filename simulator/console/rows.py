"""Payments, movements of money, calls and notifications as rows of the console's tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from simulator.console.fault_words import fault_title
from simulator.console.status_words import (
    MOVEMENTS,
    OPERATIONS,
    Label,
    payment_label,
)
from simulator.http.body import Body
from simulator.state import Payment
from simulator.web.formats import amount_text, moment_text
from simulator.web.result_words import reason

Wire = Mapping[str, object]
"""An object in the format of the JSON endpoints."""


def payment_url(request_id: str) -> str:
    """Returns the path of a payment's page."""
    return f"/console/payments/{quote(request_id, safe='')}"


def time_of(iso_text: str) -> str:
    """Returns day and time of a moment in ISO-8601; empty for none."""
    return moment_text(datetime.fromisoformat(iso_text)) if iso_text else ""


@dataclass(frozen=True)
class PaymentRow:
    """One payment in the list of payments; `other_order_id` is empty where its own id begins with it."""

    url: str
    request_id: str
    other_order_id: str
    label: Label
    amount: str
    held: str
    captured: str
    created: str

    @classmethod
    def of(cls, payment: Payment) -> "PaymentRow":
        """Returns the row of a payment; amounts of nothing are empty."""
        currency = payment.amount.currency
        held, captured = (
            amount_text(currency, value) if value else "" for value in (payment.held, payment.captured)
        )
        return cls(
            url=payment_url(payment.request_id),
            request_id=payment.request_id,
            other_order_id="" if payment.request_id.startswith(payment.order_id) else payment.order_id,
            label=payment_label(payment),
            amount=amount_text(currency, payment.amount.value),
            held=held,
            captured=captured,
            created=moment_text(payment.created_at),
        )


@dataclass(frozen=True)
class MovementRow:
    """One event of the ledger."""

    at: str
    text: str
    amount: str
    request_id: str
    payment_url: str
    capture: str

    @classmethod
    def of(cls, event: Wire) -> "MovementRow":
        """Returns the row of an event of GET /ledger; an event without money has no amount."""
        body, kind = Body(event), str(event["kind"])
        value = body.at("amount")
        moved = isinstance(value, int) and value > 0
        return cls(
            at=time_of(body.text("at")),
            text=MOVEMENTS.get(kind, kind),
            amount=amount_text(body.text("currency"), value) if isinstance(value, int) and moved else "",
            request_id=body.text("paymentRequestId"),
            payment_url=payment_url(body.text("paymentRequestId")),
            capture=_capture_text(body.text("captureRequestId")),
        )


def _capture_text(request_id: str) -> str:
    return "by the gateway itself" if request_id.startswith("AUTO") else request_id


@dataclass(frozen=True)
class CallRow:
    """One gateway call."""

    id: str
    url: str
    at: str
    title: str
    about: str
    result: Label
    fault: str
    duration: str
    refusal: str

    @classmethod
    def of(cls, call: Wire) -> "CallRow":
        """Returns the row of an object of GET /calls."""
        body = Body(call)
        ids = (body.text(name) for name in ("captureRequestId", "paymentRequestId", "paymentId"))
        return cls(
            id=body.text("id"),
            url=f"/console/calls/{quote(body.text('id'), safe='')}",
            at=time_of(body.text("at")),
            title=OPERATIONS.get(body.text("operation"), body.text("operation")),
            about=next((text for text in ids if text), ""),
            result=_result(body),
            fault=fault_title(body.text("operation"), body.text("fault")),
            duration=duration_text(body.at("durationMs")),
            refusal=body.text("refusal"),
        )


def _result(call: Body) -> Label:
    """Returns the result of a call, and whether its answer arrived; the tone follows the status S, U or F."""
    code, status = call.text("resultCode"), call.text("resultStatus")
    if call.at("durationMs") is None:
        return Label("Under way", "wait")
    if not code:
        return Label("No answer", "bad")
    result = "Success" if status == "S" else f"{status} {code}"
    match call.at("status"):
        case 200:
            return Label(result, {"S": "good", "U": "wait"}.get(status, "bad"))
        case None:
            return Label(f"{result}, answer lost", "wait")
        case other:
            return Label(f"{result}, sent as HTTP {other}", "wait")


def duration_text(milliseconds: object) -> str:
    """Returns a duration such as "12 ms" or "3.2 s"; empty for none."""
    if not isinstance(milliseconds, int | float):
        return ""
    if milliseconds < 1:
        return "under 1 ms"
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def belongs_to(payment: Payment, wire: Wire) -> bool:
    """Returns whether a call or a notification is about this payment."""
    body = Body(wire)
    captures = {capture.request_id for capture in payment.captures}
    return (
        body.text("paymentRequestId") == payment.request_id
        or body.text("paymentId") == payment.payment_id
        or body.text("captureRequestId") in captures
    )


def newest(rows: Iterable[Wire], limit: int) -> list[Wire]:
    """Returns the last rows, newest first."""
    return list(rows)[::-1][:limit]


def result_sentence(payment: Payment) -> str:
    """Returns why a payment failed; empty where it did not."""
    return reason(payment.code) if payment_label(payment).tone == "bad" else ""
