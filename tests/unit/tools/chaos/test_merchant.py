"""Merchants call again where they are told to, and every call is remembered with its end."""

import asyncio
from typing import cast

import pytest

from holdfast import NotAuthorized, Payment, PaymentClient, PaymentStatus, PaymentUnavailable
from tests.unit.tools.chaos.material import REFERENCE, payment
from tools.chaos import merchant as module
from tools.chaos.merchant import Merchant

AUTHORIZED = payment(PaymentStatus.AUTHORIZED)
UNUSED = cast(PaymentClient, None)


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE", 0)


class Service:
    """Gives one end after the other."""

    def __init__(self, *ends: Payment | Exception) -> None:
        self.ends = list(ends)

    async def answer(self) -> Payment:
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end


async def test_unavailable_is_asked_again_until_there_is_an_answer() -> None:
    merchant = Merchant(UNUSED, limit=5)
    service = Service(PaymentUnavailable("no"), PaymentUnavailable("no"), AUTHORIZED)
    assert await merchant.ask(REFERENCE, "get", service.answer) is AUTHORIZED
    assert [call.error for call in merchant.calls] == ["PaymentUnavailable: no"] * 2 + [""]
    assert all(call.is_clean and call.is_in_time for call in merchant.calls)


async def test_unavailable_is_not_asked_again_for_ever() -> None:
    merchant = Merchant(UNUSED, limit=5)
    service = Service(PaymentUnavailable("no"), AUTHORIZED)
    assert await merchant.ask(REFERENCE, "get", service.answer, patience=-1) is None
    assert len(merchant.calls) == 1


async def test_a_refusal_is_an_end() -> None:
    merchant = Merchant(UNUSED, limit=5)
    assert await merchant.ask(REFERENCE, "capture", Service(NotAuthorized("no")).answer) is None
    [call] = merchant.calls
    assert (call.name, call.error, call.is_clean) == ("capture", "NotAuthorized: no", True)


async def test_an_error_that_no_merchant_knows_is_not_clean() -> None:
    merchant = Merchant(UNUSED, limit=5)
    assert await merchant.ask(REFERENCE, "get", Service(RuntimeError("torn")).answer) is None
    [call] = merchant.calls
    assert (call.is_clean, call.is_in_time) == (False, True)


async def test_a_call_that_never_ends_is_not_in_time() -> None:
    async def never() -> Payment:
        await asyncio.Event().wait()
        return AUTHORIZED

    merchant = Merchant(UNUSED, limit=0.01)
    assert await merchant.ask(REFERENCE, "get", never) is None
    [call] = merchant.calls
    assert not call.is_in_time


def test_a_life_that_broke_is_a_call_that_is_not_clean() -> None:
    merchant = Merchant(UNUSED, limit=5)
    merchant.broke(REFERENCE, RuntimeError("torn"))
    [call] = merchant.calls
    assert (call.error, call.is_clean) == ("RuntimeError: torn", False)
