"""The life of a payment: every change of money, its record, its notification and its deadline."""

from datetime import datetime, timedelta

from simulator.clock import Clock, Tasks
from simulator.faults import Fault, Faults
from simulator.http.body import Answer, answer, success
from simulator.notifier import Notifier
from simulator.state import Capture, Payment, Status, Store
from simulator.views import capture_fields, facts

# Antom: an unfinished payment closes 14 minutes after the pay call
CLOSES_AFTER = timedelta(minutes=14)
AUTOMATIC_CAPTURE_AFTER = 1.0


class Life:
    """The only writer of payments."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        tasks: Tasks,
        notifier: Notifier,
        faults: Faults,
        authorization: timedelta,
    ) -> None:
        self.store = store
        self.clock = clock
        self.faults = faults
        self._tasks = tasks
        self.notifier = notifier
        self._authorization = authorization

    def open(self, payment: Payment) -> None:
        """Take up a payment; it closes by itself unless it is decided in time."""
        self.store.add(payment)
        self.store.record("CREATED", payment, payment.amount.value)

    def await_buyer(self, payment: Payment) -> None:
        """Start the time that the buyer has."""
        self._tasks.spawn(self._close_when_due(payment))

    async def _close_when_due(self, payment: Payment) -> None:
        await self.clock.until(payment.closes_at)
        if payment.status is Status.PROCESSING:
            self.fail(payment, "ORDER_IS_CLOSED", "The order is closed.", kind="CLOSED")

    def authorize(self, payment: Payment) -> bool:
        """The issuer holds the money. False when it came too late: after a cancel it is given back."""
        if payment.status is Status.CANCELLED and not payment.authorized:
            payment.authorized = payment.refunded = payment.amount.value
            self.store.record("LATE_SUCCESS_REFUNDED", payment, payment.amount.value)
            return False
        if not payment.is_open:
            return False
        self.hold(payment)
        self._tasks.spawn(self._expire_when_due(payment))
        self._tell_result(payment)
        if not payment.manual_capture:
            self._tasks.spawn(self._capture_by_itself(payment))
        return True

    def hold(self, payment: Payment) -> None:
        """Money of the buyer is held; nobody is told."""
        now = self.clock.now()
        payment.status, payment.code, payment.message = Status.SUCCESS, "SUCCESS", "success."
        payment.paid_at, payment.expires_at = now, now + self._authorization
        payment.authorized = payment.held = payment.amount.value
        self.store.record("AUTHORIZED", payment, payment.held)

    def fail(self, payment: Payment, code: str, message: str = "", kind: str = "DECLINED") -> None:
        """The payment is over without money."""
        if not payment.is_open:
            return
        payment.status, payment.code, payment.message = Status.FAIL, code, message or code.lower()
        self.store.record(kind, payment, 0)
        self._tell_result(payment)

    def pend(self, payment: Payment) -> None:
        """The buyer paid and the result is still open."""
        payment.status = Status.PENDING
        self.store.record("PENDING", payment, 0)
        body = success(notifyType="PAYMENT_PENDING", **facts(payment))
        self.notifier.notify(payment, body)

    def cancel(self, payment: Payment) -> datetime:
        """Void; what is held goes back to the buyer. Repeating it changes nothing."""
        if payment.cancelled_at is None:
            payment.cancelled_at = self.clock.now()
        if payment.status not in (Status.FAIL, Status.CANCELLED):
            self.release(payment, "VOIDED" if payment.held else "CANCELLED")
        return payment.cancelled_at

    def release(self, payment: Payment, kind: str) -> None:
        """What is held goes back to the buyer; nobody is told."""
        payment.status, payment.code = Status.CANCELLED, "ORDER_IS_CANCELED"
        payment.message = "The order is cancelled."
        released, payment.held = payment.held, 0
        payment.voided = released > 0
        self.store.record(kind, payment, released)

    async def _expire_when_due(self, payment: Payment) -> None:
        if payment.expires_at is None:
            return
        await self.clock.until(payment.expires_at)
        self.expire_if_due(payment)

    def lapse(self, payment: Payment) -> None:
        """The authorization runs out now."""
        payment.expires_at = self.clock.now()
        self.expire_if_due(payment)

    def expire_if_due(self, payment: Payment) -> None:
        """Give back an authorization that ran out; a capture in flight still decides."""
        due = payment.expires_at is not None and self.clock.now() >= payment.expires_at
        pending = any(capture.status is Status.PROCESSING for capture in payment.captures)
        if not due or pending or not payment.held or payment.status is not Status.SUCCESS:
            return
        payment.expired = True
        if payment.captured:
            released, payment.held = payment.held, 0
            self.store.record("EXPIRED", payment, released)
        else:
            self.release(payment, "EXPIRED")

    async def _capture_by_itself(self, payment: Payment) -> None:
        ids = (payment.request_id, payment.payment_id, payment.order_id)
        fault = self.faults.take("automaticCapture", ids)
        await self.clock.until(self.clock.now() + self.clock.scaled(AUTOMATIC_CAPTURE_AFTER))
        if fault is not None and fault.fault == "delay":
            await self.clock.sleep(fault.seconds)
        if payment.status is not Status.SUCCESS or (fault is not None and fault.fault == "none"):
            return
        capture = self.start_capture(payment, f"AUTO{payment.payment_id}", payment.held, is_last=True)
        refused = fault is not None and fault.fault == "code_f"
        self.settle_capture(payment, capture, (fault.code or "PROCESS_FAIL") if fault and refused else None)

    def start_capture(self, payment: Payment, request_id: str, amount: int, *, is_last: bool) -> Capture:
        """Take up a capture that is not decided yet."""
        capture = Capture(request_id, self.store.new_id(), amount, is_last, self.clock.now())
        payment.captures.append(capture)
        self.store.captures[request_id] = (payment, capture)
        return capture

    def settle_capture(self, payment: Payment, capture: Capture, failed_with: str | None = None) -> None:
        """Decide a capture: take the money, or fail with a code; either way it is notified."""
        capture.at = self.clock.now()
        if failed_with is None:
            self.take(payment, capture)
        else:
            capture.status, capture.code = Status.FAIL, failed_with
            self.store.record("CAPTURE_FAILED", payment, 0, capture)
        self._tell_capture(payment, capture)

    def take(self, payment: Payment, capture: Capture) -> None:
        """The money of a capture is the merchant's; nobody is told."""
        capture.status, capture.code = Status.SUCCESS, "SUCCESS"
        payment.captured += capture.amount
        payment.held = 0 if capture.is_last else payment.held - capture.amount
        self.store.record("CAPTURED", payment, capture.amount, capture)

    def settle_later(self, payment: Payment, capture: Capture, fault: Fault) -> None:
        """Decide a capture after the fault's seconds: with its code, or successfully."""
        self._tasks.spawn(self._settle_later(payment, capture, fault))

    async def _settle_later(self, payment: Payment, capture: Capture, fault: Fault) -> None:
        await self.clock.sleep(fault.seconds)
        self.settle_capture(payment, capture, fault.code or None)
        self.expire_if_due(payment)

    def take_back_later(self, payment: Payment, capture: Capture, fault: Fault) -> None:
        """Undo a successful capture after the fault's seconds and notify its failure."""
        self._tasks.spawn(self._take_back_later(payment, capture, fault))

    async def _take_back_later(self, payment: Payment, capture: Capture, fault: Fault) -> None:
        await self.clock.sleep(fault.seconds)
        self.take_back(payment, capture, fault.code)
        self._tell_capture(payment, capture)

    def take_back(self, payment: Payment, capture: Capture, code: str = "") -> None:
        """The money of a capture is held again; nobody is told."""
        payment.captured -= capture.amount
        payment.held = payment.authorized - payment.captured
        capture.status, capture.code = Status.FAIL, code or "PROCESS_FAIL"
        self.store.record("CAPTURE_TAKEN_BACK", payment, capture.amount, capture)

    @property
    def notified(self) -> int:
        """How many notifications there have been."""
        return len(self.notifier.sent)

    async def overtaken(self, payment: Payment, notified: int) -> None:
        """Wait until the later notifications of a payment that overtake an answer have gone out."""
        await self.notifier.overtaking(payment, notified)

    def _tell_result(self, payment: Payment) -> None:
        status = "S" if payment.status is Status.SUCCESS else "F"
        fields = {"notifyType": "PAYMENT_RESULT", "paymentMethodType": "CARD", **facts(payment)}
        self.notifier.notify(payment, answer(payment.code, status, payment.message, **fields))

    def _tell_capture(self, payment: Payment, capture: Capture) -> None:
        self.notifier.notify(payment, capture_notice(payment, capture), capture.request_id)


def capture_notice(payment: Payment, capture: Capture) -> Answer:
    """Antom: notifyCapture."""
    status = "S" if capture.status is Status.SUCCESS else "F"
    fields = {"notifyType": "CAPTURE_RESULT", **capture_fields(payment, capture)}
    return answer(capture.code, status, capture.code.lower(), **fields)
