"""The merchant repeats calls after PaymentUnavailable, and every call is recorded with its end."""

import asyncio
from typing import cast

import pytest

from holdfast import NotAuthorized, Payment, PaymentClient, PaymentStatus, PaymentUnavailable
from tests.unit.tools.chaos.run_records import REFERENCE, payment
from tools.chaos import merchant as module
from tools.chaos.merchant import Merchant

AUTHORIZED = payment(PaymentStatus.AUTHORIZED)
UNUSED = cast(PaymentClient, None)


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE", 0)


class Service:
    """Returns or raises one prepared end after the other."""

    def __init__(self, *ends: Payment | Exception) -> None:
        self.ends = list(ends)

    async def respond(self) -> Payment:
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end


async def test_call_is_repeated_after_unavailable_until_there_is_a_response() -> None:
    merchant = Merchant(UNUSED, limit=5)
    service = Service(PaymentUnavailable("no"), PaymentUnavailable("no"), AUTHORIZED)
    assert await merchant.call(REFERENCE, "get", service.respond) is AUTHORIZED
    assert [call.error for call in merchant.calls] == ["PaymentUnavailable: no"] * 2 + [""]
    assert all(call.is_documented and call.is_in_time for call in merchant.calls)


async def test_call_is_not_repeated_after_the_time_limit() -> None:
    merchant = Merchant(UNUSED, limit=5)
    service = Service(PaymentUnavailable("no"), AUTHORIZED)
    assert await merchant.call(REFERENCE, "get", service.respond, retry_for=-1) is None
    assert len(merchant.calls) == 1


async def test_refused_call_is_not_repeated() -> None:
    merchant = Merchant(UNUSED, limit=5)
    assert await merchant.call(REFERENCE, "capture", Service(NotAuthorized("no")).respond) is None
    [call] = merchant.calls
    assert (call.name, call.error, call.is_documented) == ("capture", "NotAuthorized: no", True)


async def test_undocumented_error_is_recorded_as_such() -> None:
    merchant = Merchant(UNUSED, limit=5)
    assert await merchant.call(REFERENCE, "get", Service(RuntimeError("torn")).respond) is None
    [call] = merchant.calls
    assert (call.is_documented, call.is_in_time) == (False, True)


async def test_call_that_hangs_is_not_in_time() -> None:
    async def never() -> Payment:
        await asyncio.Event().wait()
        return AUTHORIZED

    merchant = Merchant(UNUSED, limit=0.01)
    assert await merchant.call(REFERENCE, "get", never) is None
    [call] = merchant.calls
    assert not call.is_in_time


def test_failed_flow_is_recorded_as_undocumented_error() -> None:
    merchant = Merchant(UNUSED, limit=5)
    merchant.record_failure(REFERENCE, RuntimeError("torn"))
    [call] = merchant.calls
    assert (call.error, call.is_documented) == ("RuntimeError: torn", False)
