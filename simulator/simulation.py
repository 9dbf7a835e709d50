"""`Simulator`: the gateway of one merchant, its ledger and its faults, as one object without a socket."""

from datetime import timedelta

from simulator import buyer
from simulator.calls import Calls
from simulator.clock import Clock, Tasks
from simulator.dashboard import Deed, do
from simulator.faults import Fault, Faults
from simulator.gateway import Gateway
from simulator.keys import Keys
from simulator.notifier import Notifier
from simulator.payment_lifecycle import Life
from simulator.state import Payment, Store
from simulator.views import Ledger, ledger, ledger_payment

AUTHORIZATION = timedelta(days=7)


class UnknownPayment(LookupError):
    """No payment has this paymentRequestId."""


class Simulator:
    """State in memory. `base_url` is known while it is served.

    `time_scale` shortens what the gateway waits for by itself: before it sends a notification again and
    before it captures. Moments that it tells or is told (when a payment closes, until when an authorization
    lasts) are never scaled.
    """

    def __init__(
        self,
        keys: Keys | None = None,
        *,
        time_scale: float = 1.0,
        authorization: timedelta = AUTHORIZATION,
    ) -> None:
        self.keys = keys or Keys.generate()
        self.base_url = ""
        self._scale = time_scale
        self._authorization = authorization
        self._begin()

    def _begin(self) -> None:
        self._clock, self._tasks, self._faults = Clock(self._scale), Tasks(), Faults()
        self._store, self._calls = Store(self._clock), Calls(self._clock)
        self._notifier = Notifier(self.keys, self._clock, self._tasks, self._faults)
        self.life = Life(
            store=self._store,
            clock=self._clock,
            tasks=self._tasks,
            notifier=self._notifier,
            faults=self._faults,
            authorization=self._authorization,
        )
        self.gateway = Gateway(self.keys, self.life, self._calls, lambda: self.base_url)

    def ledger(self) -> Ledger:
        """What happened to money, as GET /ledger."""
        return ledger(self._store)

    def calls(self) -> list[dict[str, object]]:
        """Every gateway call received, as GET /calls."""
        return self._calls.wire()

    def notifications(self) -> list[dict[str, object]]:
        """Every notification and its attempts, as GET /notifications."""
        return [sent.wire() for sent in self._notifier.sent]

    def faults(self) -> list[dict[str, object]]:
        """The ordered faults and how often each struck, as GET /faults."""
        return self._faults.wire()

    def order_fault(
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
        """As POST /faults; raises `FaultError` for an order that cannot be filled."""
        number = {"times": times, "skip": skip, "seconds": seconds}
        self.take_order({"on": on, "fault": fault, "match": match, "code": code, **number})

    def take_order(self, order: object) -> Fault:
        """Read and queue the JSON of one fault; raises `FaultError`."""
        fault = Fault.parse(order)
        self._faults.order(fault)
        return fault

    def clear_faults(self, match: str = "") -> None:
        """As DELETE /faults, which knows no `match`: those alone that were ordered for it."""
        self._faults.clear(match)

    async def buyer_acts(self, payment_request_id: str, action: str, code: str = "") -> dict[str, object]:
        """As POST /buyer/{paymentRequestId}: the payment after it, and `inTime`.

        `action` is pay, fail (with `code`), abandon or pending. Raises `UnknownPayment`, ValueError.
        """
        payment = self._payment(payment_request_id)
        in_time = buyer.act(self.life, payment, action, code)
        return {"inTime": in_time, **ledger_payment(payment)}

    def plant(self, payment_request_id: str, deed: str, **more: object) -> dict[str, object]:
        """As POST /plant/{paymentRequestId}: the payment after it. Raises `UnknownPayment`, `DeedError`."""
        return self.take_deed(payment_request_id, {"deed": deed, **more})

    def take_deed(self, payment_request_id: str, order: object) -> dict[str, object]:
        """Read and do the JSON of one deed. Raises `UnknownPayment`, `DeedError`."""
        payment = self._payment(payment_request_id)
        do(self.life, payment, Deed.parse(order))
        return ledger_payment(payment)

    def _payment(self, payment_request_id: str) -> Payment:
        payment = self._store.payments.get(payment_request_id)
        if payment is None:
            raise UnknownPayment(f"no payment {payment_request_id[:64]}")
        return payment

    def payment_of_page(self, token: str) -> Payment | None:
        """The payment that a hosted page belongs to."""
        return self._store.by_token(token)

    def advance(self, seconds: float) -> None:
        """Move the simulator's clock forward: expiries and re-sends that become due happen now."""
        self._clock.advance(seconds)

    async def reset(self) -> None:
        """Forget everything but the keys; nothing of before is notified any more."""
        self._tasks.end()
        await self._notifier.close()
        self._begin()

    async def stop(self) -> None:
        """Cancel what waits in the background and close connections."""
        self._tasks.cancel()
        await self._notifier.close()
