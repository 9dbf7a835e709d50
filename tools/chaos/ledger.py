"""The gateway's side: its ledger and its notifications as the judge reads them, and its control interface."""

from collections.abc import Mapping
from datetime import datetime

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict

from tools.chaos.plan import Plan


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Attempt(_Row):
    """One paymentRequestId; amounts in minor units."""

    paymentRequestId: str
    orderId: str
    status: str
    authorizedAmount: int = 0
    heldAmount: int = 0
    capturedAmount: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the buyer or the gateway can still decide it."""
        return self.status in ("PROCESSING", "PENDING")


class Order(_Row):
    """All attempts of one payment together."""

    maxLiveAuthorizations: int = 0
    capturedAmount: int = 0


class Entry(_Row):
    """One line of what happened to money."""

    kind: str
    referenceOrderId: str
    amount: int
    captureRequestId: str | None = None


class Ledger(_Row):
    """What happened to money, by the gateway's own account."""

    payments: Mapping[str, Attempt]
    orders: Mapping[str, Order]
    events: tuple[Entry, ...]


class Delivery(_Row):
    """One try to deliver a notification; `answer` is a status, or the name of an error."""

    at: AwareDatetime | None = None
    forged: bool
    answer: int | str | None = None
    acknowledged: bool = False


class Notice(_Row):
    """One notification of the simulator."""

    notifyType: str = ""
    paymentRequestId: str
    fault: str | None = None
    body: Mapping[str, object] = {}
    attempts: tuple[Delivery, ...]

    @property
    def heard_at(self) -> datetime | None:
        """When it was sent the time that it was acknowledged; None where it never was."""
        heard = (each.at for each in self.attempts if each.acknowledged and not each.forged)
        return next(heard, None)

    def says_paid(self, payment_request_id: str) -> bool:
        """Whether it says, and as it happened, that this attempt has succeeded."""
        result = self.body.get("result")
        succeeded = isinstance(result, Mapping) and result.get("resultStatus") == "S"
        is_of = self.paymentRequestId == payment_request_id and self.notifyType == "PAYMENT_RESULT"
        return is_of and succeeded and self.fault != "wrong_amount"


class Gateway:
    """The simulator's control interface, which no proxy disturbs."""

    def __init__(self, base_url: str, http: httpx.AsyncClient) -> None:
        self._base_url = base_url
        self._http = http

    async def order_faults(self, plan: Plan) -> None:
        """Let go wrong what is planned to."""
        for fault in plan.faults:
            order = fault.order(plan.reference)
            (await self._http.post(f"{self._base_url}/faults", json=order)).raise_for_status()

    async def clear_faults(self) -> Mapping[str, int]:
        """Nothing goes wrong any more; how often each kind of fault has struck."""
        struck: dict[str, int] = {}
        answer = (await self._http.get(f"{self._base_url}/faults")).raise_for_status()
        for fault in answer.json():
            name = f"{fault['on']}: {fault['fault']}"
            struck[name] = struck.get(name, 0) + int(fault["used"])
        (await self._http.delete(f"{self._base_url}/faults")).raise_for_status()
        return {name: times for name, times in sorted(struck.items()) if times}

    async def buyer(self, payment_request_id: str, action: str) -> bool:
        """Act as the buyer; False where the gateway knows no such payment."""
        url = f"{self._base_url}/buyer/{payment_request_id}"
        return (await self._http.post(url, json={"action": action})).is_success

    async def ledger(self) -> Ledger:
        """Everything, now."""
        answer = (await self._http.get(f"{self._base_url}/ledger")).raise_for_status()
        return Ledger.model_validate_json(answer.content)

    async def notices(self) -> list[Notice]:
        """Every notification and what was answered."""
        answer = (await self._http.get(f"{self._base_url}/notifications")).raise_for_status()
        return [Notice.model_validate(notice) for notice in answer.json()]
