"""What the gateway's simulator says happened to an order's money, and the faults to order there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import httpx
from pydantic import BaseModel, TypeAdapter


class _Attempt(BaseModel):
    orderId: str
    heldAmount: int
    voided: bool
    payCalls: int
    captureCalls: int
    cancelCalls: int
    inquiries: int


class _Order(BaseModel):
    liveAuthorizations: int
    maxLiveAuthorizations: int
    capturedAmount: int


class _Page(BaseModel):
    payments: dict[str, _Attempt]
    orders: dict[str, _Order]


class Keys(BaseModel):
    """The public keys in force, as the gateway's dashboard shows them."""

    merchantPublicKeys: list[str]
    gatewayPublicKey: str
    nextGatewayPublicKey: str | None


class _Call(BaseModel):
    resultCode: str | None


_CALLS = TypeAdapter(list[_Call])
_OF_NOBODY = ("SIGNATURE_INVALID", "CLIENT_INVALID")


@dataclass(frozen=True)
class Account:
    """One order in the ledger; amounts in minor units, calls added up over the attempts."""

    attempts: int = 0
    live: int = 0
    most_live: int = 0
    held: int = 0
    captured: int = 0
    voided: int = 0
    pay_calls: int = 0
    capture_calls: int = 0
    cancel_calls: int = 0
    inquiries: int = 0

    @classmethod
    def of(cls, order: _Order, attempts: Sequence[_Attempt]) -> Self:
        """Add up one order."""
        return cls(
            attempts=len(attempts),
            live=order.liveAuthorizations,
            most_live=order.maxLiveAuthorizations,
            captured=order.capturedAmount,
            held=sum(attempt.heldAmount for attempt in attempts),
            voided=sum(attempt.voided for attempt in attempts),
            pay_calls=sum(attempt.payCalls for attempt in attempts),
            capture_calls=sum(attempt.captureCalls for attempt in attempts),
            cancel_calls=sum(attempt.cancelCalls for attempt in attempts),
            inquiries=sum(attempt.inquiries for attempt in attempts),
        )


class Gateway:
    """The simulator's control interface."""

    def __init__(self, base_url: str, http: httpx.AsyncClient) -> None:
        self._base_url = base_url
        self._http = http

    async def order_fault(
        self, reference: str, on: str, fault: str, *, times: int = 1, seconds: int = 0
    ) -> None:
        """Let something go wrong for this payment alone."""
        order = {"on": on, "fault": fault, "times": times, "seconds": seconds, "match": reference}
        (await self._http.post(f"{self._base_url}/faults", json=order)).raise_for_status()

    async def keys(self) -> Keys:
        """The keys in force."""
        answer = (await self._http.get(f"{self._base_url}/keys")).raise_for_status()
        return Keys.model_validate_json(answer.content)

    async def change_keys(self, what: str, merchant_public_key: str = "") -> Keys:
        """Do in the dashboard what the simulator calls register, remove, prepare or switch."""
        order = {"do": what, "merchantPublicKey": merchant_public_key}
        answer = (await self._http.post(f"{self._base_url}/keys", json=order)).raise_for_status()
        return Keys.model_validate_json(answer.content)

    async def mistrusted(self) -> int:
        """How many calls were refused because of who had signed them."""
        answer = (await self._http.get(f"{self._base_url}/calls")).raise_for_status()
        return sum(call.resultCode in _OF_NOBODY for call in _CALLS.validate_json(answer.content))

    async def account(self, reference: str) -> Account:
        """What happened to this order's money; empty when the gateway never saw it."""
        answer = (await self._http.get(f"{self._base_url}/ledger")).raise_for_status()
        page = _Page.model_validate_json(answer.content)
        order = page.orders.get(reference)
        if order is None:
            return Account()
        return Account.of(order, [a for a in page.payments.values() if a.orderId == reference])
