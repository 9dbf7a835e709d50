"""`Simulator`: the gateway of one merchant, its ledger and its faults, without a socket."""

from datetime import timedelta

from simulator.actors.buyer import act_as_buyer
from simulator.actors.dashboard import DashboardError, DashboardRequest, perform
from simulator.answer_times import AnswerTimes
from simulator.clock import BackgroundTasks, Clock, iso
from simulator.control.model import parse
from simulator.faults import Fault, FaultInjector
from simulator.gateway import Gateway
from simulator.keys import Keys
from simulator.not_found import NotFound
from simulator.notifications.forgery import Forgery
from simulator.notifications.notifier import Notifier
from simulator.payment_lifecycle import PaymentLifecycle
from simulator.recording.calls import CallLog
from simulator.state import Payment, Store
from simulator.views import Ledger, ledger, ledger_payment

AUTHORIZATION = timedelta(days=7)


class Simulator:
    """A gateway with its state in memory. `base_url` is set while it is served.

    `time_scale` shortens the gateway's own waits: before a notification is repeated and before an automatic
    capture. Times in requests and answers (when a payment closes, when an authorization expires) are never
    scaled. `distinct_answers` is for tests that skip time (see `AnswerTimes`).
    """

    def __init__(
        self,
        keys: Keys | None = None,
        *,
        time_scale: float = 1.0,
        authorization: timedelta = AUTHORIZATION,
        distinct_answers: bool = False,
    ) -> None:
        self.keys = keys or Keys.generate()
        self.base_url = ""
        self._scale = time_scale
        self._answer_times = AnswerTimes(distinct=distinct_answers)
        self._authorization = authorization
        self._start_empty()

    def _start_empty(self) -> None:
        self._clock, self._tasks, self._faults = Clock(self._scale), BackgroundTasks(), FaultInjector()
        self._store, self._calls = Store(self._clock), CallLog(self._clock)
        self._notifier = Notifier(self.keys, self._clock, self._tasks, self._faults)
        self.lifecycle = PaymentLifecycle(
            store=self._store,
            clock=self._clock,
            tasks=self._tasks,
            notifier=self._notifier,
            faults=self._faults,
            authorization=self._authorization,
        )
        self.gateway = Gateway(
            self.keys, self.lifecycle, self._calls, lambda: self.base_url, self._answer_times
        )

    def ledger(self) -> Ledger:
        """Returns all movements of money, as GET /ledger."""
        return ledger(self._store)

    def calls(self) -> list[dict[str, object]]:
        """Returns the gateway calls that were received, as GET /calls."""
        return [call.wire() for call in self._calls.all()]

    @property
    def call_changes(self) -> int:
        """A number that differs whenever a call has begun or ended."""
        return self._calls.changes

    def call(self, call_id: str) -> dict[str, object]:
        """Returns one call with its headers and bodies, as GET /calls/{id}. Raises `NotFound`."""
        return self._calls.get(call_id).detail()

    def request_bodies(self, operation: str) -> list[object]:
        """Returns the bodies of the newest calls of an operation, without the values of card data."""
        return self._calls.bodies(operation)

    def notifications(self) -> list[dict[str, object]]:
        """Returns all notifications with their attempts, as GET /notifications."""
        return [each.wire() for each in self._notifier.notifications]

    def notification(self, notification_id: str) -> dict[str, object]:
        """Returns one notification with the exchange of each attempt. Raises `NotFound`."""
        return self._notifier.get(notification_id).detail()

    async def send_notification(self, notification_id: str) -> dict[str, object]:
        """Sends a notification again, now and once, and returns it with the attempt. Raises `NotFound`."""
        notification = self._notifier.get(notification_id)
        await self._notifier.send_again(notification)
        return notification.detail()

    async def forge_notification(self, notification_id: str, forgery: Forgery) -> dict[str, object]:
        """Sends a forged form of a notification, and returns it with the attempt. Raises `NotFound`."""
        notification = self._notifier.get(notification_id)
        await self._notifier.forge(notification, forgery)
        return notification.detail()

    def hold_notifications(self, payment_request_id: str = "") -> dict[str, object]:
        """Holds the notifications of a payment, or all, until they are released. Returns what is held."""
        self._notifier.holds.hold(payment_request_id)
        return self.notification_holds()

    def release_notifications(self, payment_request_id: str = "") -> dict[str, object]:
        """Releases the notifications of a payment, or all. Returns what is held."""
        self._notifier.holds.release(payment_request_id)
        return self.notification_holds()

    def notification_holds(self) -> dict[str, object]:
        """Returns what is held, as GET /notifications/holds."""
        return self._notifier.holds.wire()

    def faults(self) -> list[dict[str, object]]:
        """Returns all faults and how often each was injected, as GET /faults."""
        return self._faults.wire()

    def inject_fault(
        self,
        on: str,
        fault: str,
        *,
        times: int = 1,
        skip: int = 0,
        match: str = "",
        code: str = "",
        seconds: float = 0.0,
    ) -> None:
        """Adds a fault, as POST /faults. Raises `FaultError` where it is invalid."""
        number = {"times": times, "skip": skip, "seconds": seconds}
        self.inject_fault_from_json({"on": on, "fault": fault, "match": match, "code": code, **number})

    def inject_fault_from_json(self, data: object) -> Fault:
        """Adds the fault that the JSON describes, and returns it. Raises `FaultError`."""
        return self.add_fault(Fault.parse(data))

    def add_fault(self, fault: Fault) -> Fault:
        """Adds a fault, and returns it with its id."""
        self._faults.add(fault)
        return fault

    def clear_faults(self, match: str = "") -> None:
        """Removes all faults, as DELETE /faults, or those with this `match`."""
        self._faults.clear(match)

    def remove_fault(self, fault_id: str) -> None:
        """Removes one fault, as DELETE /faults/{id}; calls that wait in it continue. Raises `NotFound`."""
        self._faults.remove(fault_id)

    def end_delays(self, match: str) -> None:
        """Ends the delays of the faults with this `match`: the calls that wait in them continue now."""
        self._faults.end_delays(match)

    async def buyer_acts(self, payment_request_id: str, action: str, code: str = "") -> dict[str, object]:
        """Acts as the buyer, as POST /buyer/{paymentRequestId}. Returns the payment after it, and `inTime`.

        `action` is pay, fail (with `code`), abandon or pending. Raises `NotFound` or ValueError.
        """
        payment = self._payment(payment_request_id)
        in_time = act_as_buyer(self.lifecycle, payment, action, code)
        return {"inTime": in_time, **ledger_payment(payment)}

    def operate_dashboard(self, payment_request_id: str, operation: str, **more: object) -> dict[str, object]:
        """Performs an operation, as POST /dashboard/{paymentRequestId}. Returns the payment after it.

        Raises `NotFound` or `DashboardError`.
        """
        return self.operate_dashboard_from_json(payment_request_id, {"operation": operation, **more})

    def operate_dashboard_from_json(self, payment_request_id: str, data: object) -> dict[str, object]:
        """Performs the operation that the JSON describes. Raises `NotFound` or `DashboardError`."""
        return self.perform_on_dashboard(payment_request_id, parse(DashboardRequest, data, DashboardError))

    def perform_on_dashboard(self, payment_request_id: str, request: DashboardRequest) -> dict[str, object]:
        """Performs an operation. Raises `NotFound`, or `DashboardError` where it is impossible."""
        payment = self._payment(payment_request_id)
        perform(self.lifecycle, payment, request)
        return ledger_payment(payment)

    def _payment(self, payment_request_id: str) -> Payment:
        payment = self._store.payments.get(payment_request_id)
        if payment is None:
            raise NotFound("payment", payment_request_id)
        return payment

    def payment_of_page(self, token: str) -> Payment | None:
        """Returns the payment that a hosted page belongs to; None where there is none."""
        return self._store.by_token(token)

    def clock(self) -> dict[str, object]:
        """Returns the simulated time, the real one, and the seconds between them, as GET /clock."""
        ahead = self._clock.offset.total_seconds()
        real = self._clock.now() - self._clock.offset
        return {
            "now": iso(self._clock.now()),
            "realTime": iso(real),
            "ahead": ahead,
            "timeScale": self._scale,
        }

    def advance(self, seconds: float) -> None:
        """Moves the clock forward by so many seconds: expiries and repeats that become due happen now."""
        self._clock.advance(seconds)

    async def reset(self) -> None:
        """Removes all state but the keys; pending notifications are not sent."""
        self._tasks.close()
        await self._notifier.close()
        self._start_empty()

    async def stop(self) -> None:
        """Cancels background tasks and closes connections."""
        self._tasks.cancel()
        await self._notifier.close()
