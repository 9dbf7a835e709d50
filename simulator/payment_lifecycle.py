"""The lifecycle of a payment: every movement of money, its ledger event, notification and deadline."""

from datetime import datetime, timedelta

from simulator.clock import BackgroundTasks, Clock
from simulator.faults import RISK_REVIEW, Fault, FaultInjector
from simulator.http.body import Answer, answer, success
from simulator.notifications.notifier import Notifier
from simulator.state import Capture, Payment, RiskReview, Status, Store
from simulator.views import capture_fields, common_fields, risk_review_fields

# Antom: an unfinished payment closes 14 minutes after the pay call
CLOSES_AFTER = timedelta(minutes=14)
AUTOMATIC_CAPTURE_AFTER = 1.0


class PaymentLifecycle:
    """Performs every movement of money of a payment, with its ledger event and its notification."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        tasks: BackgroundTasks,
        notifier: Notifier,
        faults: FaultInjector,
        authorization: timedelta,
    ) -> None:
        self.store = store
        self.clock = clock
        self.faults = faults
        self._tasks = tasks
        self.notifier = notifier
        self._authorization = authorization

    def open(self, payment: Payment) -> None:
        """Stores a new payment."""
        self.store.add(payment)
        self.store.record("CREATED", payment, payment.amount.value)

    def start_buyer_deadline(self, payment: Payment) -> None:
        """Starts the deadline after which an undecided payment closes."""
        self._tasks.spawn(self._close_when_due(payment))

    async def _close_when_due(self, payment: Payment) -> None:
        await self.clock.wait_until(payment.closes_at)
        if payment.status is Status.PROCESSING:
            self.fail(payment, "ORDER_IS_CLOSED", "The order is closed.", kind="CLOSED")

    def authorize(self, payment: Payment) -> bool:
        """Authorizes an open payment. Returns False where it is decided; a cancelled one is refunded."""
        if payment.status is Status.CANCELLED and not payment.authorized:
            payment.authorized = payment.refunded = payment.amount.value
            self.store.record("LATE_SUCCESS_REFUNDED", payment, payment.amount.value)
            return False
        if not payment.is_open:
            return False
        self.hold(payment)
        self._start_risk_review(payment)
        self._tasks.spawn(self._expire_when_due(payment))
        self._notify_result(payment)
        if not payment.manual_capture:
            self._tasks.spawn(self._capture_automatically(payment))
        return True

    def hold(self, payment: Payment) -> None:
        """Holds the amount, without a notification."""
        now = self.clock.now()
        payment.status, payment.code, payment.message = Status.SUCCESS, "SUCCESS", "success."
        payment.paid_at, payment.expires_at = now, now + self._authorization
        payment.authorized = payment.held = payment.amount.value
        self.store.record("AUTHORIZED", payment, payment.held)

    def _start_risk_review(self, payment: Payment) -> None:
        """Puts the authorization under a risk review, where a fault asks for one."""
        fault = self.faults.take(RISK_REVIEW, (payment.request_id, payment.payment_id, payment.order_id))
        if fault is not None:
            self.set_risk_review(payment, RiskReview.PROCESSING)
            if fault.code:
                self._tasks.spawn(self._decide_risk_review_later(payment, fault))

    async def _decide_risk_review_later(self, payment: Payment, fault: Fault) -> None:
        await self.clock.sleep(fault.seconds)
        self.set_risk_review(payment, RiskReview(fault.code))
        fields = {"notifyType": "RISK_POST_REVIEW", **common_fields(payment), **risk_review_fields(payment)}
        self.notifier.notify(payment, success(**fields))

    def set_risk_review(self, payment: Payment, status: RiskReview) -> None:
        """Changes the status of the risk review, without a notification."""
        payment.risk_review = status
        self.store.record(f"RISK_REVIEW_{status}", payment, 0)

    def fail(self, payment: Payment, code: str, message: str = "", kind: str = "DECLINED") -> None:
        """Fails an open payment, and sends a notification."""
        if not payment.is_open:
            return
        payment.status, payment.code, payment.message = Status.FAIL, code, message or code.lower()
        self.store.record(kind, payment, 0)
        self._notify_result(payment)

    def mark_pending(self, payment: Payment) -> None:
        """Marks the payment as pending: the buyer has paid, and the result is open."""
        payment.status = Status.PENDING
        self.store.record("PENDING", payment, 0)
        body = success(notifyType="PAYMENT_PENDING", **common_fields(payment))
        self.notifier.notify(payment, body)

    def cancel(self, payment: Payment) -> datetime:
        """Voids the payment and releases its hold; a repeat changes nothing. Returns the time of the void."""
        if payment.cancelled_at is None:
            payment.cancelled_at = self.clock.now()
        if payment.status not in (Status.FAIL, Status.CANCELLED):
            self.release_hold(payment, "VOIDED" if payment.held else "CANCELLED")
        return payment.cancelled_at

    def release_hold(self, payment: Payment, kind: str) -> None:
        """Releases the hold, without a notification; `kind` is the kind of the ledger event."""
        payment.status, payment.code = Status.CANCELLED, "ORDER_IS_CANCELED"
        payment.message = "The order is cancelled."
        released, payment.held = payment.held, 0
        payment.voided = released > 0
        self.store.record(kind, payment, released)

    async def _expire_when_due(self, payment: Payment) -> None:
        if payment.expires_at is None:
            return
        await self.clock.wait_until(payment.expires_at)
        self.expire_if_due(payment)

    def expire_now(self, payment: Payment) -> None:
        """Lets the authorization expire now."""
        payment.expires_at = self.clock.now()
        self.expire_if_due(payment)

    def expire_if_due(self, payment: Payment) -> None:
        """Releases an expired authorization, unless a capture of it is in process."""
        due = payment.expires_at is not None and self.clock.now() >= payment.expires_at
        pending = any(capture.status is Status.PROCESSING for capture in payment.captures)
        if not due or pending or not payment.held or payment.status is not Status.SUCCESS:
            return
        payment.expired = True
        if payment.captured:
            released, payment.held = payment.held, 0
            self.store.record("EXPIRED", payment, released)
        else:
            self.release_hold(payment, "EXPIRED")

    async def _capture_automatically(self, payment: Payment) -> None:
        ids = (payment.request_id, payment.payment_id, payment.order_id)
        fault = self.faults.take("automaticCapture", ids)
        await self.clock.wait_until(self.clock.now() + self.clock.scaled(AUTOMATIC_CAPTURE_AFTER))
        if fault is not None and fault.fault == "delay":
            await self.clock.sleep(fault.seconds)
        if payment.status is not Status.SUCCESS or (fault is not None and fault.fault == "none"):
            return
        capture = self.start_capture(payment, f"AUTO{payment.payment_id}", payment.held, is_last=True)
        refused = fault is not None and fault.fault == "code_f"
        self.decide_capture(payment, capture, (fault.code or "PROCESS_FAIL") if fault and refused else None)

    def start_capture(self, payment: Payment, request_id: str, amount: int, *, is_last: bool) -> Capture:
        """Stores a new capture, which is in process until it is decided."""
        capture = Capture(request_id, self.store.new_id(), amount, is_last, self.clock.now())
        payment.captures.append(capture)
        self.store.captures[request_id] = (payment, capture)
        return capture

    def decide_capture(self, payment: Payment, capture: Capture, failed_with: str | None = None) -> None:
        """Decides a capture and notifies it: it succeeds, or it fails with the code `failed_with`."""
        capture.at = self.clock.now()
        if failed_with is None:
            self.complete_capture(payment, capture)
        else:
            capture.status, capture.code = Status.FAIL, failed_with
            self.store.record("CAPTURE_FAILED", payment, 0, capture)
        self._notify_capture(payment, capture)

    def complete_capture(self, payment: Payment, capture: Capture) -> None:
        """Captures the money, without a notification."""
        capture.status, capture.code = Status.SUCCESS, "SUCCESS"
        payment.captured += capture.amount
        payment.held = 0 if capture.is_last else payment.held - capture.amount
        self.store.record("CAPTURED", payment, capture.amount, capture)

    def decide_capture_later(self, payment: Payment, capture: Capture, fault: Fault) -> None:
        """Decides a capture after the fault's seconds: with its code, or successfully."""
        self._tasks.spawn(self._decide_capture_later(payment, capture, fault))

    async def _decide_capture_later(self, payment: Payment, capture: Capture, fault: Fault) -> None:
        await self.clock.sleep(fault.seconds)
        self.decide_capture(payment, capture, fault.code or None)
        self.expire_if_due(payment)

    def reverse_capture_later(self, payment: Payment, capture: Capture, fault: Fault) -> None:
        """Reverses a successful capture after the fault's seconds, and notifies its failure."""
        self._tasks.spawn(self._reverse_capture_later(payment, capture, fault))

    async def _reverse_capture_later(self, payment: Payment, capture: Capture, fault: Fault) -> None:
        await self.clock.sleep(fault.seconds)
        self.reverse_capture(payment, capture, fault.code)
        self._notify_capture(payment, capture)

    def reverse_capture(self, payment: Payment, capture: Capture, code: str = "") -> None:
        """Reverses a capture, whose money is held again, without a notification."""
        payment.captured -= capture.amount
        payment.held = payment.authorized - payment.captured
        capture.status, capture.code = Status.FAIL, code or "PROCESS_FAIL"
        self.store.record("CAPTURE_TAKEN_BACK", payment, capture.amount, capture)

    @property
    def notification_count(self) -> int:
        """The number of notifications so far."""
        return len(self.notifier.notifications)

    async def wait_for_overtaking(self, payment: Payment, first: int) -> None:
        """Waits until the notifications since index `first` that overtake an answer have been sent."""
        await self.notifier.wait_for_overtaking(payment, first)

    def _notify_result(self, payment: Payment) -> None:
        status = "S" if payment.status is Status.SUCCESS else "F"
        fields = {"notifyType": "PAYMENT_RESULT", "paymentMethodType": "CARD", **common_fields(payment)}
        fields |= risk_review_fields(payment)
        self.notifier.notify(payment, answer(payment.code, status, payment.message, **fields))

    def _notify_capture(self, payment: Payment, capture: Capture) -> None:
        self.notifier.notify(payment, capture_notification(payment, capture), capture.request_id)


def capture_notification(payment: Payment, capture: Capture) -> Answer:
    """Returns the body of a CAPTURE_RESULT (Antom: notifyCapture)."""
    status = "S" if capture.status is Status.SUCCESS else "F"
    fields = {"notifyType": "CAPTURE_RESULT", **capture_fields(payment, capture)}
    return answer(capture.code, status, capture.code.lower(), **fields)
