"""Sends signed notifications in order, and repeats them on Antom's schedule until acknowledged."""

import asyncio

from simulator.clock import BackgroundTasks, Clock
from simulator.expiry_faults import with_changed_expiry
from simulator.faults import FaultInjector
from simulator.http.body import Answer
from simulator.keys import Keys
from simulator.not_found import NotFound
from simulator.notifications.content import encoded, with_wrong_amounts
from simulator.notifications.delivery import Delivery
from simulator.notifications.forgery import Forgery, ForgeryKind
from simulator.notifications.holds import Holds
from simulator.notifications.message import signed_message
from simulator.notifications.notification import Notification
from simulator.state import Payment

# Antom: eight sends, each so many seconds after the previous one
SCHEDULE = (0, 120, 600, 600, 3600, 7200, 21600, 54000)
REORDER_TIMEOUT = 30.0
FAULT_FORGERY = Forgery(ForgeryKind.WRONG_SIGNATURE)
"""What the fault `forged` sends."""


class Notifier:
    """Delivers in the background; the first attempts for one payment keep their order without a fault."""

    def __init__(self, keys: Keys, clock: Clock, tasks: BackgroundTasks, faults: FaultInjector) -> None:
        self._keys = keys
        self._clock = clock
        self._tasks = tasks
        self._faults = faults
        self._delivery = Delivery(clock)
        self.holds = Holds()
        self.notifications: list[Notification] = []

    def notify(self, payment: Payment, body: Answer, capture_request_id: str = "") -> None:
        """Queues one notification; a payment without a paymentNotifyUrl gets none."""
        if not payment.notify_url:
            return
        ids = (payment.request_id, payment.payment_id, payment.order_id, capture_request_id)
        fault = self._faults.take("notification", ids)
        notification = Notification(payment, body, self._clock.now(), capture_request_id, fault)
        before = [earlier for earlier in self.notifications if earlier.payment is payment]
        self.notifications.append(notification)
        if notification.fault_name == "none":
            notification.attempted.set()
        else:
            self._tasks.spawn(self._deliver(notification, before))

    def get(self, notification_id: str) -> Notification:
        """Returns a notification by its id. Raises `NotFound`."""
        found = next((each for each in self.notifications if each.event_id == notification_id), None)
        if found is None:
            raise NotFound("notification", notification_id)
        return found

    async def send_again(self, notification: Notification) -> None:
        """Sends a notification once more, now, also an acknowledged, held or suppressed one."""
        message = signed_message(notification.payment.notify_url, encoded(notification.body), self._keys)
        attempt = await self._delivery.send(notification, message, is_resend=True)
        notification.acknowledged |= attempt.acknowledged

    async def forge(self, notification: Notification, forgery: Forgery) -> bool:
        """Sends a forged form of a notification, now and once. Returns whether it was acknowledged."""
        message = forgery.message(notification.payment.notify_url, notification.body, self._keys)
        attempt = await self._delivery.send(notification, message, forgery=str(forgery.kind))
        return attempt.acknowledged

    async def wait_for_overtaking(self, payment: Payment, first: int) -> None:
        """Waits until the notifications since index `first` that overtake an answer are far enough ahead."""
        for notification in self.notifications[first:]:
            if notification.payment is payment and notification.fault_name == "overtakes":
                if self.holds.is_held(payment.request_id):
                    continue
                await notification.attempted.wait()
                await self._clock.sleep(notification.fault_seconds)

    async def _deliver(self, notification: Notification, before: list[Notification]) -> None:
        await self._wait_for_turn(notification, before)
        copies = 2 if notification.fault_name == "duplicate" else 1
        for pause in SCHEDULE:
            notification.next_send = self._clock.now() + self._clock.scaled(pause)
            await self._clock.wait_until(notification.next_send)
            await self._wait_until_released(notification)
            for _ in range(0 if notification.acknowledged else copies):
                notification.acknowledged |= await self._attempt(notification)
            notification.attempted.set()
            copies = 1
            if notification.acknowledged:
                break
        notification.next_send, notification.is_exhausted = None, not notification.acknowledged

    async def _wait_until_released(self, notification: Notification) -> None:
        notification.is_held = self.holds.is_held(notification.payment.request_id)
        await self.holds.wait_until_released(notification.payment.request_id)
        notification.is_held = False

    async def _wait_for_turn(self, notification: Notification, before: list[Notification]) -> None:
        for earlier in before:
            if earlier.fault_name not in ("reorder", "delay"):
                await earlier.attempted.wait()
        if notification.fault_name == "delay":
            await self._clock.sleep(notification.fault_seconds)
        if notification.fault_name == "reorder" and notification.type != "CAPTURE_RESULT":
            await self._wait_for_capture_result(notification, notification.fault_seconds or REORDER_TIMEOUT)
        if notification.fault_name == "forged":
            await self._wait_until_released(notification)
            await self.forge(notification, FAULT_FORGERY)

    async def _wait_for_capture_result(self, notification: Notification, within: float) -> None:
        """Waits until a CAPTURE_RESULT of the same payment was sent, for `within` seconds at most."""
        end = self._clock.now().timestamp() + within
        while self._clock.now().timestamp() < end:
            later = (
                other
                for other in self.notifications
                if other.payment is notification.payment and other is not notification
            )
            if any(other.type == "CAPTURE_RESULT" and other.attempted.is_set() for other in later):
                return
            await asyncio.sleep(0.02)

    async def _attempt(self, notification: Notification) -> bool:
        body = notification.body
        if notification.fault_name == "wrong_amount":
            body = with_wrong_amounts(body)
        elif notification.fault is not None:
            body = with_changed_expiry(body, notification.fault)
        message = signed_message(notification.payment.notify_url, encoded(body), self._keys)
        return (await self._delivery.send(notification, message)).acknowledged

    async def close(self) -> None:
        """Closes the connections; the next notification opens new ones."""
        await self._delivery.close()
