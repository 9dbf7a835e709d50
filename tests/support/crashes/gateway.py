"""The judge: the gateway simulator's own record of calls and money, asked by HTTP."""

from typing import Any

import httpx

from tests.support.eventually import eventually

Json = dict[str, Any]


class Gateway:
    """The simulator as a test sees it."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._http = http
        self._url = url

    async def fault(self, match: str, on: str, fault: str, *, seconds: float = 0) -> None:
        """Order that one call or notification goes wrong, of which an id begins like this."""
        order = {"on": on, "fault": fault, "match": match, "seconds": seconds}
        await self._post("/faults", order)

    async def buyer(self, reference: str, action: str) -> None:
        """What the buyer does on the gateway's page."""
        await self._post(f"/buyer/{reference}-1", {"action": action})

    async def operate_dashboard(self, payment_request_id: str, operation: str) -> None:
        """What happens to an attempt at the gateway without anybody being told."""
        await self._post(f"/dashboard/{payment_request_id}", {"operation": operation})

    async def order(self, reference: str) -> Json:
        """What happened to the order's money."""
        orders: dict[str, Json] = (await self._get("/ledger"))["orders"]
        return orders.get(reference, {})

    async def payments(self, reference: str) -> list[Json]:
        """The order's payments, one per request id that the gateway has seen."""
        payments: dict[str, Json] = (await self._get("/ledger"))["payments"]
        return [payment for payment in payments.values() if payment["orderId"] == reference]

    async def calls(self, reference: str, operation: str) -> list[Json]:
        """The calls of this payment; `resultStatus` is None while one is in flight."""
        known = {payment["paymentId"] for payment in await self.payments(reference)}
        calls: list[Json] = await self._get("/calls")
        mine = (call for call in calls if call["operation"] == operation)
        return [c for c in mine if c["paymentId"] in known or str(c["paymentRequestId"])[:-2] == reference]

    async def notifications(self, reference: str) -> list[Json]:
        """What the webhook was sent for this payment."""
        sent: list[Json] = await self._get("/notifications")
        return [each for each in sent if str(each["paymentRequestId"])[:-2] == reference]

    async def was_called(self, reference: str, operation: str, times: int = 1) -> None:
        """Wait until so many calls have arrived, answered or not."""

        async def arrived() -> bool:
            return len(await self.calls(reference, operation)) >= times

        await eventually(arrived)

    async def is_notified(self, reference: str, *, answered: bool = False) -> None:
        """Wait until the webhook was sent the first notification, and has answered if that is asked for."""

        async def sent() -> bool:
            tries = [each for one in await self.notifications(reference) for each in one["attempts"]]
            return any("answer" in each or not answered for each in tries)

        await eventually(sent)

    async def is_acknowledged(self, reference: str) -> None:
        """Wait until every notification so far was acknowledged."""

        async def done() -> bool:
            return all(each["acknowledged"] for each in await self.notifications(reference))

        await eventually(done)

    async def _get(self, path: str) -> Any:
        return (await self._http.get(self._url + path)).raise_for_status().json()

    async def _post(self, path: str, content: Json) -> None:
        (await self._http.post(self._url + path, json=content)).raise_for_status()
