"""Sends signed notifications in order, and repeats them on Antom's schedule until acknowledged."""

import asyncio
import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from holdfast.antom.signing import sign
from simulator.clock import BackgroundTasks, Clock, iso, wall_clock
from simulator.expiry_faults import with_changed_expiry
from simulator.faults import Fault, FaultInjector
from simulator.http.body import Answer
from simulator.keys import Keys
from simulator.state import Payment

# Antom: eight sends, each so many seconds after the previous one
SCHEDULE = (0, 120, 600, 600, 3600, 7200, 21600, 54000)
ANSWER_TIMEOUT = 10.0
REORDER_TIMEOUT = 30.0


@dataclass
class Notification:
    """One notification and the result of each attempt to deliver it."""

    payment: Payment
    body: Answer
    created_at: datetime
    capture_request_id: str = ""
    fault: Fault | None = None
    attempts: list[dict[str, object]] = field(default_factory=list)
    acknowledged: bool = False
    attempted: asyncio.Event = field(default_factory=asyncio.Event)
    event_id: str = field(default_factory=lambda: str(uuid.uuid4()))

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

    def wire(self) -> dict[str, object]:
        """Returns the notification in the format of GET /notifications."""
        return {
            "notifyType": self.type,
            "paymentRequestId": self.payment.request_id,
            "paymentId": self.payment.payment_id,
            "captureRequestId": self.capture_request_id or None,
            "url": self.payment.notify_url,
            "fault": self.fault_name or None,
            "body": self.body,
            "attempts": list(self.attempts),
            "acknowledged": self.acknowledged,
        }


class Notifier:
    """Delivers in the background; the first attempts for one payment keep their order without a fault."""

    def __init__(self, keys: Keys, clock: Clock, tasks: BackgroundTasks, faults: FaultInjector) -> None:
        self._keys = keys
        self._clock = clock
        self._tasks = tasks
        self._faults = faults
        self._client: httpx.AsyncClient | None = None
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

    async def wait_for_overtaking(self, payment: Payment, first: int) -> None:
        """Waits until the notifications since index `first` that overtake an answer are far enough ahead."""
        for notification in self.notifications[first:]:
            if notification.payment is payment and notification.fault_name == "overtakes":
                await notification.attempted.wait()
                await self._clock.sleep(notification.fault_seconds)

    async def _deliver(self, notification: Notification, before: list[Notification]) -> None:
        await self._wait_for_turn(notification, before)
        copies = 2 if notification.fault_name == "duplicate" else 1
        for pause in SCHEDULE:
            await self._clock.wait_until(self._clock.now() + self._clock.scaled(pause))
            for _ in range(copies):
                notification.acknowledged |= await self._attempt(notification)
            notification.attempted.set()
            copies = 1
            if notification.acknowledged:
                return

    async def _wait_for_turn(self, notification: Notification, before: list[Notification]) -> None:
        for earlier in before:
            if earlier.fault_name not in ("reorder", "delay"):
                await earlier.attempted.wait()
        if notification.fault_name == "delay":
            await self._clock.sleep(notification.fault_seconds)
        if notification.fault_name == "reorder" and notification.type != "CAPTURE_RESULT":
            await self._wait_for_capture_result(notification, notification.fault_seconds or REORDER_TIMEOUT)
        if notification.fault_name == "forged":
            await self._send(notification, _opposite_result(notification.body), forged=True)

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
        return await self._send(notification, body)

    async def _send(self, notification: Notification, body: Answer, *, forged: bool = False) -> bool:
        content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        headers = self._headers(notification.payment.notify_url, content if not forged else b"{}")
        attempt: dict[str, object] = {"at": iso(self._clock.now()), "forged": forged}
        notification.attempts.append(attempt)
        acknowledged = False
        try:
            answer = await self._http().post(
                notification.payment.notify_url, content=content, headers=headers
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            attempt["answer"] = type(error).__name__
        else:
            acknowledged = _acknowledges(answer)
            attempt["answer"] = answer.status_code
        attempt["acknowledged"] = acknowledged
        return acknowledged and not forged

    def _headers(self, url: str, content: bytes) -> dict[str, str]:
        time = iso(wall_clock())
        signature = sign(
            method="POST",
            path=urlsplit(url).path or "/",
            client_id=self._keys.client_id,
            time=time,
            body=content,
            private_key=self._keys.gateway_private_key,
        )
        return {
            "Content-Type": "application/json; charset=UTF-8",
            "client-id": self._keys.client_id,
            "Request-Time": time,
            # the documented sample of a notification has lower-case escapes, unlike an answer's
            "Signature": re.sub("%[0-9A-F]{2}", lambda escape: escape[0].lower(), signature),
        }

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=ANSWER_TIMEOUT, trust_env=False)
        return self._client

    async def close(self) -> None:
        """Closes the connections; the next notification opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


def _acknowledges(answer: httpx.Response) -> bool:
    """Returns whether the answer is HTTP 200 with result SUCCESS, S (Antom); others are sent again."""
    try:
        result = json.loads(answer.content)["result"]
        received = result["resultCode"], result["resultStatus"]
    except (ValueError, KeyError, TypeError):
        return False
    return answer.status_code == 200 and received == ("SUCCESS", "S")


def _opposite_result(body: Answer) -> Answer:
    result = body["result"]
    succeeded = isinstance(result, dict) and result["resultStatus"] == "S"
    code, status = ("PROCESS_FAIL", "F") if succeeded else ("SUCCESS", "S")
    forged = {"resultCode": code, "resultStatus": status, "resultMessage": code.lower()}
    return {**body, "result": forged}


def with_wrong_amounts(body: Answer) -> Answer:
    """Returns the body with every amount one minor unit higher."""
    return {name: _with_wrong_amount(value) for name, value in body.items()}


def _with_wrong_amount(value: object) -> object:
    if isinstance(value, list):
        return [_with_wrong_amount(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"currency", "value"}:
        return {**value, "value": str(int(value["value"]) + 1)}
    return {name: _with_wrong_amount(inner) for name, inner in value.items()}
