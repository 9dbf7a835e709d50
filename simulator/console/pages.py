"""The pages of the console, each of which shows the state at the time of its request."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from simulator.console.change_marker import change_marker
from simulator.console.clock_form import UNITS
from simulator.console.exchange_view import ExchangeView
from simulator.console.fault_form import FaultForm, FaultRow
from simulator.console.frame import page, refused
from simulator.console.notification_rows import FORGERIES, NotificationRow, NotificationView
from simulator.console.rows import (
    CallRow,
    MovementRow,
    PaymentRow,
    Wire,
    belongs_to,
    newest,
    payment_url,
    result_sentence,
)
from simulator.http.body import Body
from simulator.not_found import NotFound
from simulator.simulation import Simulator
from simulator.state import Payment
from simulator.web.templating import CONSOLE_HEADERS

SHOWN = 100
"""How many rows a table has at most."""
SHOWN_MOVEMENTS = 30
"""How many rows the ledger has at most below the payments."""


class Pages:
    """Every page reads the state and changes nothing."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def payments(self, request: Request) -> Response:
        """Serves the list of payments, optionally of those whose ids begin with `find`, and the ledger."""
        find = request.query_params.get("find", "").strip()
        found = [payment for payment in self._payments() if _begins_with(payment, find)]
        ledger = newest(self._simulator.lifecycle.store.events, SHOWN_MOVEMENTS)
        return self._page(
            request,
            "Payments",
            "payments.html",
            payments=[PaymentRow.of(payment) for payment in found[::-1][:SHOWN]],
            hidden=max(len(found) - SHOWN, 0),
            movements=[MovementRow.of(event) for event in ledger],
            find=find,
            base_url=self._simulator.base_url,
            client_id=self._simulator.keys.client_id,
        )

    async def payment(self, request: Request) -> Response:
        """Serves one payment with its movements of money, calls, notifications and faults."""
        payment = self._simulator.lifecycle.store.payments.get(request.path_params["id"])
        if payment is None:
            return self._unknown(request, "There is no such payment")
        events = [event for event in self._simulator.lifecycle.store.events if belongs_to(payment, event)]
        expires = payment.expires_at
        return self._page(
            request,
            "Payments",
            "payment.html",
            payment=payment,
            row=PaymentRow.of(payment),
            why=result_sentence(payment),
            expires=f"{expires:%d %B %Y %H:%M:%S}" if expires and payment.held else "",
            movements=[MovementRow.of(event) for event in newest(events, SHOWN)],
            calls=_calls(call for call in self._simulator.calls() if belongs_to(payment, call)),
            notifications=_notifications(
                each for each in self._simulator.notifications() if belongs_to(payment, each)
            ),
            faults=[FaultRow.of(fault) for fault in self._simulator.faults() if _concerns(fault, payment)],
            is_held=self._simulator.lifecycle.notifier.holds.is_held(payment.request_id),
        )

    async def calls(self, request: Request) -> Response:
        """Serves the list of calls, optionally of those whose signature was refused."""
        refused_only = request.query_params.get("refused") == "yes"
        found = [call for call in self._simulator.calls() if call["refusal"] or not refused_only]
        return self._page(
            request,
            "Calls",
            "calls.html",
            calls=_calls(found),
            hidden=max(len(found) - SHOWN, 0),
            refused_only=refused_only,
        )

    async def call(self, request: Request) -> Response:
        """Serves one call with its headers and bodies."""
        try:
            call = self._simulator.call(request.path_params["id"])
        except NotFound:
            return self._unknown(request, "There is no such call")
        exchange, payment = call["exchange"], self._payment_of(call)
        return self._page(
            request,
            "Calls",
            "call.html",
            row=CallRow.of(call),
            exchange=ExchangeView.of(exchange, call["durationMs"]) if isinstance(exchange, dict) else None,
            payment_url=payment_url(payment.request_id) if payment else "",
        )

    async def notifications(self, request: Request) -> Response:
        """Serves the list of notifications, and which are held."""
        found = self._simulator.notifications()
        return self._page(
            request,
            "Notifications",
            "notifications.html",
            notifications=_notifications(found),
            hidden=max(len(found) - SHOWN, 0),
            holds=self._simulator.notification_holds(),
        )

    async def notification(self, request: Request) -> Response:
        """Serves one notification with its sends."""
        try:
            found = self._simulator.notification(request.path_params["id"])
        except NotFound:
            return self._unknown(request, "There is no such notification")
        view = NotificationView.of(found)
        return self._page(
            request,
            "Notifications",
            "notification.html",
            it=view,
            forgeries=FORGERIES,
            is_held=self._simulator.lifecycle.notifier.holds.is_held(view.row.request_id),
        )

    async def faults(self, request: Request) -> Response:
        """Serves the form that switches a fault on, optionally for one payment, and the active faults."""
        return self.fault_form(request, FaultForm.empty(request.query_params.get("match", "")[:64]))

    def fault_form(self, request: Request, form: FaultForm, status: int = 200) -> Response:
        """Returns the page of the faults with a form that is filled in."""
        return page(
            self._simulator,
            request,
            "Faults",
            "faults.html",
            status,
            form=form,
            active=[FaultRow.of(fault) for fault in self._simulator.faults()][::-1],
            known_ids=[payment.request_id for payment in self._payments()[::-1][:SHOWN]],
        )

    async def clock(self, request: Request) -> Response:
        """Serves the form that moves the clock."""
        return self.clock_form(request, {"amount": "30", "unit": "minutes"})

    def clock_form(
        self, request: Request, typed: dict[str, str], mistake: str = "", status: int = 200
    ) -> Response:
        """Returns the page of the clock with a form that is filled in."""
        amount, unit = typed.get("amount", "")[:16], typed.get("unit", "")
        return page(
            self._simulator,
            request,
            "Clock",
            "clock.html",
            status,
            amount=amount,
            unit=unit,
            units=list(UNITS),
            mistake=mistake,
        )

    async def marker(self, _: Request) -> Response:
        """Answers a text that changes whenever a page would show something else."""
        return PlainTextResponse(change_marker(self._simulator), headers=CONSOLE_HEADERS)

    def _page(self, request: Request, section: str, template: str, **context: object) -> Response:
        return page(self._simulator, request, section, template, 200, **context)

    def _unknown(self, request: Request, heading: str) -> Response:
        sentence = "The address is wrong, or the simulator was started again: it keeps its state in memory."
        return refused(self._simulator, request, 404, heading, sentence)

    def _payments(self) -> list[Payment]:
        return list(self._simulator.lifecycle.store.payments.values())

    def _payment_of(self, call: Wire) -> Payment | None:
        return next((payment for payment in self._payments() if belongs_to(payment, call)), None)


def _begins_with(payment: Payment, find: str) -> bool:
    return any(each.startswith(find) for each in (payment.request_id, payment.order_id, payment.payment_id))


def _concerns(fault: Wire, payment: Payment) -> bool:
    match = Body(fault).text("match")
    captures = (capture.request_id for capture in payment.captures)
    ids = (payment.request_id, payment.payment_id, payment.order_id, *captures)
    return not match or any(each.startswith(match) for each in ids)


def _calls(calls: Iterable[Wire]) -> list[CallRow]:
    return [CallRow.of(call) for call in newest(calls, SHOWN)]


def _notifications(notifications: Iterable[Wire]) -> list[NotificationRow]:
    return [NotificationRow.of(each) for each in newest(notifications, SHOWN)]
