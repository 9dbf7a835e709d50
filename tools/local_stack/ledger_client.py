"""A client of the simulator's control interface: ledger, calls, notifications, faults, buyer, dashboard."""

import asyncio
from collections.abc import Mapping, Sequence

import httpx
from pydantic import TypeAdapter

from tools.local_stack.ledger import (
    Attempt,
    Call,
    KeysInForce,
    Ledger,
    Order,
    OrderSummary,
    SentNotification,
    reference_of,
)
from tools.local_stack.waiting import Condition, until

WAIT_WITHIN = 60.0
"""Seconds."""
POLL_INTERVAL = 0.02
_CALLS = TypeAdapter(list[Call])
_NOTIFICATIONS = TypeAdapter(list[SentNotification])
_REJECTED_SIGNATURE = ("SIGNATURE_INVALID", "CLIENT_INVALID")


class LedgerClient:
    """A client of one simulator. Every method raises httpx.HTTPError when the simulator does not answer."""

    def __init__(self, base_url: str, http: httpx.AsyncClient) -> None:
        self._base_url = base_url
        self._http = http

    async def inject_fault(self, match: str, on: str, fault: str, **fields: object) -> None:
        """Makes a call or a notification fail whose ids begin with `match`; `fields` as in POST /faults."""
        await self.inject({"match": match, "on": on, "fault": fault, **fields})

    async def inject(self, order: Mapping[str, object]) -> None:
        """Orders a fault by its JSON, as in POST /faults."""
        await self._post("/faults", order)

    async def clear_faults(self) -> Mapping[str, int]:
        """Removes every fault; returns how often each kind of fault has occurred."""
        occurred: dict[str, int] = {}
        answer = (await self._http.get(f"{self._base_url}/faults")).raise_for_status()
        for fault in answer.json():
            name = f"{fault['on']}: {fault['fault']}"
            occurred[name] = occurred.get(name, 0) + int(fault["used"])
        (await self._http.delete(f"{self._base_url}/faults")).raise_for_status()
        return {name: times for name, times in sorted(occurred.items()) if times}

    async def act_as_buyer(self, payment_request_id: str, action: str) -> bool:
        """Acts as the buyer on the gateway's page; returns False for a payment the gateway does not have."""
        url = f"{self._base_url}/buyer/{payment_request_id}"
        return (await self._http.post(url, json={"action": action})).is_success

    async def operate_dashboard(self, payment_request_id: str, operation: str) -> None:
        """Changes an attempt as an employee can in the gateway's dashboard, which sends no notification."""
        await self._post(f"/dashboard/{payment_request_id}", {"operation": operation})

    async def keys(self) -> KeysInForce:
        """Returns the keys in force."""
        return KeysInForce.model_validate_json(await self._get("/keys"))

    async def change_keys(self, operation: str, merchant_public_key: str = "") -> KeysInForce:
        """Changes keys in the dashboard: register, remove, prepare or switch."""
        order = {"do": operation, "merchantPublicKey": merchant_public_key}
        return KeysInForce.model_validate_json(await self._post("/keys", order))

    async def ledger(self) -> Ledger:
        """Returns the whole ledger."""
        return Ledger.model_validate_json(await self._get("/ledger"))

    async def summary(self, reference: str) -> OrderSummary:
        """Returns one order, added up over its attempts."""
        return (await self.ledger()).summary(reference)

    async def order(self, reference: str) -> Order:
        """Returns one order; an empty one when the gateway does not have it."""
        return (await self.ledger()).orders.get(reference, Order())

    async def attempts(self, reference: str) -> Sequence[Attempt]:
        """Returns the attempts of one order, one for each paymentRequestId that the gateway received."""
        return (await self.ledger()).attempts_of(reference)

    async def calls(self) -> Sequence[Call]:
        """Returns every call that the gateway received, oldest first."""
        return _CALLS.validate_json(await self._get("/calls"))

    async def calls_of(self, reference: str, operation: str) -> Sequence[Call]:
        """Returns the calls of one operation for one payment."""
        ids = {attempt.paymentId for attempt in await self.attempts(reference)}
        calls = [call for call in await self.calls() if call.operation == operation]
        return [
            call
            for call in calls
            if call.paymentId in ids or reference_of(call.paymentRequestId or "") == reference
        ]

    async def rejected_signatures(self) -> int:
        """Returns how many calls the gateway refused because of their signature."""
        return sum(call.resultCode in _REJECTED_SIGNATURE for call in await self.calls())

    async def notifications(self) -> Sequence[SentNotification]:
        """Returns every notification with its deliveries, oldest first."""
        return _NOTIFICATIONS.validate_json(await self._get("/notifications"))

    async def notifications_of(self, reference: str) -> Sequence[SentNotification]:
        """Returns the notifications of one payment."""
        sent = await self.notifications()
        return [each for each in sent if reference_of(each.paymentRequestId) == reference]

    async def wait_for_call(self, reference: str, operation: str, times: int = 1) -> None:
        """Waits until so many calls were received, answered or not. Raises TimeoutError."""

        async def has_come() -> bool:
            return len(await self.calls_of(reference, operation)) >= times

        await _wait(has_come)

    async def wait_for_delivery(self, reference: str, *, is_answered: bool = False) -> None:
        """Waits until a notification was sent, and answered where that is asked for. Raises TimeoutError."""

        async def is_sent() -> bool:
            deliveries = [each for sent in await self.notifications_of(reference) for each in sent.attempts]
            return any(each.answer is not None or not is_answered for each in deliveries)

        await _wait(is_sent)

    async def wait_for_acknowledgement(self, reference: str) -> None:
        """Waits until every notification so far was acknowledged. Raises TimeoutError."""

        async def is_done() -> bool:
            return all(each.acknowledged for each in await self.notifications_of(reference))

        await _wait(is_done)

    async def _get(self, path: str) -> bytes:
        return (await self._http.get(self._base_url + path)).raise_for_status().content

    async def _post(self, path: str, content: Mapping[str, object]) -> bytes:
        return (await self._http.post(self._base_url + path, json=content)).raise_for_status().content


async def _wait(condition: Condition) -> None:
    async with asyncio.timeout(WAIT_WITHIN):
        await until(condition, every=POLL_INTERVAL)
