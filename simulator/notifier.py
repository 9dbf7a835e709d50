"""Sends notifications: signed, in order, and again on Antom's schedule until they are acknowledged."""

import asyncio
import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from holdfast.antom.signing import sign
from simulator.clock import Clock, Tasks, iso, wall_clock
from simulator.faults import Fault, Faults
from simulator.http.body import Answer
from simulator.keys import Keys
from simulator.state import Payment

# Antom: the first send and seven more, each so many seconds after the one before
SCHEDULE = (0, 120, 600, 600, 3600, 7200, 21600, 54000)
ANSWER_WITHIN = 10.0
REORDER_WITHIN = 30.0


@dataclass
class Sent:
    """One notification and what became of each attempt to deliver it."""

    payment: Payment
    body: Answer
    created_at: datetime
    capture_request_id: str = ""
    fault: Fault | None = None
    attempts: list[dict[str, object]] = field(default_factory=list)
    acknowledged: bool = False
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    event_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def type(self) -> str:
        """PAYMENT_RESULT, PAYMENT_PENDING or CAPTURE_RESULT."""
        return str(self.body["notifyType"])

    def wire(self) -> dict[str, object]:
        """As GET /notifications shows it."""
        return {
            "notifyType": self.type,
            "paymentRequestId": self.payment.request_id,
            "paymentId": self.payment.payment_id,
            "captureRequestId": self.capture_request_id or None,
            "url": self.payment.notify_url,
            "fault": self.fault.fault if self.fault else None,
            "body": self.body,
            "attempts": list(self.attempts),
            "acknowledged": self.acknowledged,
        }


class Notifier:
    """Delivers in the background; a payment's first attempts keep their order unless a fault swaps them."""

    def __init__(self, keys: Keys, clock: Clock, tasks: Tasks, faults: Faults) -> None:
        self._keys = keys
        self._clock = clock
        self._tasks = tasks
        self._faults = faults
        self._client: httpx.AsyncClient | None = None
        self.sent: list[Sent] = []

    def notify(self, payment: Payment, body: Answer, capture_request_id: str = "") -> None:
        """Queue one notification; without a paymentNotifyUrl there is nobody to tell."""
        if not payment.notify_url:
            return
        ids = (payment.request_id, payment.payment_id, payment.order_id, capture_request_id)
        fault = self._faults.take("notification", ids)
        sent = Sent(payment, body, self._clock.now(), capture_request_id, fault)
        before = [earlier for earlier in self.sent if earlier.payment is payment]
        self.sent.append(sent)
        if fault is not None and fault.fault == "none":
            sent.tried.set()
        else:
            self._tasks.spawn(self._deliver(sent, before))

    async def overtaking(self, payment: Payment, first: int) -> None:
        """Wait until those from the `first` on that overtake an answer are as far ahead as they shall be."""
        for sent in self.sent[first:]:
            if sent.payment is payment and sent.fault and sent.fault.fault == "overtakes":
                await sent.tried.wait()
                await self._clock.sleep(sent.fault.seconds)

    async def _deliver(self, sent: Sent, before: list[Sent]) -> None:
        await self._wait_turn(sent, before)
        copies = 2 if sent.fault and sent.fault.fault == "duplicate" else 1
        for pause in SCHEDULE:
            await self._clock.until(self._clock.now() + self._clock.scaled(pause))
            for _ in range(copies):
                sent.acknowledged |= await self._attempt(sent)
            sent.tried.set()
            copies = 1
            if sent.acknowledged:
                return

    async def _wait_turn(self, sent: Sent, before: list[Sent]) -> None:
        name = sent.fault.fault if sent.fault else ""
        for earlier in before:
            if not (earlier.fault and earlier.fault.fault in ("reorder", "delay")):
                await earlier.tried.wait()
        if name == "delay" and sent.fault:
            await self._clock.sleep(sent.fault.seconds)
        if name == "reorder" and sent.fault and sent.type != "CAPTURE_RESULT":
            await self._overtaken(sent, sent.fault.seconds or REORDER_WITHIN)
        if name == "forged":
            await self._send(sent, _other_result(sent.body), forged=True)

    async def _overtaken(self, sent: Sent, within: float) -> None:
        """Hold a notification back until a CAPTURE_RESULT of its payment went out, or time is up."""
        end = self._clock.now().timestamp() + within
        while self._clock.now().timestamp() < end:
            later = (other for other in self.sent if other.payment is sent.payment and other is not sent)
            if any(other.type == "CAPTURE_RESULT" and other.tried.is_set() for other in later):
                return
            await asyncio.sleep(0.02)

    async def _attempt(self, sent: Sent) -> bool:
        body = sent.body
        if sent.fault and sent.fault.fault == "wrong_amount":
            body = with_wrong_amounts(body)
        return await self._send(sent, body)

    async def _send(self, sent: Sent, body: Answer, *, forged: bool = False) -> bool:
        content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        headers = self._headers(sent.payment.notify_url, content if not forged else b"{}")
        attempt: dict[str, object] = {"at": iso(self._clock.now()), "forged": forged}
        sent.attempts.append(attempt)
        acknowledged = False
        try:
            answer = await self._http().post(sent.payment.notify_url, content=content, headers=headers)
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
            self._client = httpx.AsyncClient(timeout=ANSWER_WITHIN, trust_env=False)
        return self._client

    async def close(self) -> None:
        """Close connections; the next notification opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


def _acknowledges(answer: httpx.Response) -> bool:
    """Antom: HTTP 200 with result SUCCESS, S; anything else is sent again."""
    try:
        result = json.loads(answer.content)["result"]
        said = result["resultCode"], result["resultStatus"]
    except (ValueError, KeyError, TypeError):
        return False
    return answer.status_code == 200 and said == ("SUCCESS", "S")


def _other_result(body: Answer) -> Answer:
    result = body["result"]
    succeeded = isinstance(result, dict) and result["resultStatus"] == "S"
    code, status = ("PROCESS_FAIL", "F") if succeeded else ("SUCCESS", "S")
    forged = {"resultCode": code, "resultStatus": status, "resultMessage": code.lower()}
    return {**body, "result": forged}


def with_wrong_amounts(body: Answer) -> Answer:
    """The same body with every amount one minor unit higher."""
    return {name: _one_more(value) for name, value in body.items()}


def _one_more(value: object) -> object:
    if isinstance(value, list):
        return [_one_more(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"currency", "value"}:
        return {**value, "value": str(int(value["value"]) + 1)}
    return {name: _one_more(inner) for name, inner in value.items()}
