"""The call limits of an account, and the outcome of a call that they reject."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from holdfast.antom.account import CallLimits
from holdfast.antom.call_limiter import MAX_WAITING_CALLS, CallLimiter, LimitExceeded
from holdfast.antom.client import AntomClient, Timeouts
from holdfast.antom.errors import AccountError
from holdfast.antom.outcome import DidNotHappen, Happened
from holdfast.antom.signing import is_valid
from tests.support.antom.calls import CANCEL, SUCCESS, json_body
from tests.support.antom.gateway import (
    Reply,
    StubGateway,
    account,
    pay_request,
    private_base64,
    public_base64,
    signed_response,
)
from tests.support.skipped_time import in_skipped_time

SHORT = 0.02
LONG = 20.0


async def test_concurrent_calls_never_exceed_the_limit() -> None:
    limiter = CallLimiter(CallLimits(max_concurrent=2))
    await limiter.acquire(LONG)
    await limiter.acquire(LONG)
    with pytest.raises(LimitExceeded, match=r"^not sent: no call was allowed within 0\.02 s"):
        await limiter.acquire(SHORT)
    limiter.release()
    await limiter.acquire(LONG)


@in_skipped_time
async def test_call_starts_are_spread_over_the_second() -> None:
    limiter, clock = CallLimiter(CallLimits(max_per_second=50)), asyncio.get_running_loop()
    await asyncio.gather(*(limiter.acquire(LONG) for _ in range(6)))
    assert clock.time() == pytest.approx(5 / 50)


async def test_call_beyond_the_waiting_limit_is_rejected_at_once() -> None:
    limiter = CallLimiter(CallLimits(max_concurrent=1))
    await limiter.acquire(LONG)
    waiting = [asyncio.create_task(limiter.acquire(LONG)) for _ in range(MAX_WAITING_CALLS)]
    await asyncio.sleep(0)
    with pytest.raises(LimitExceeded, match="not sent: 10 calls are waiting already"):
        await limiter.acquire(LONG)
    for _ in waiting:
        limiter.release()
    await asyncio.gather(*waiting)
    limiter.release()
    await limiter.acquire(LONG)


@in_skipped_time
async def test_timed_out_waiters_do_not_delay_the_next_call() -> None:
    limiter, clock = CallLimiter(CallLimits(max_concurrent=1, max_per_second=4)), asyncio.get_running_loop()
    await limiter.acquire(LONG)
    limiter.release()
    timed_out = [asyncio.create_task(limiter.acquire(SHORT)) for _ in range(MAX_WAITING_CALLS)]
    assert all(
        isinstance(result, LimitExceeded)
        for result in await asyncio.gather(*timed_out, return_exceptions=True)
    )
    await limiter.acquire(LONG)
    assert clock.time() == pytest.approx(1 / 4)


async def test_cancelled_waiter_does_not_occupy_a_slot() -> None:
    limiter = CallLimiter(CallLimits(max_concurrent=1))
    await limiter.acquire(LONG)
    waiting = asyncio.create_task(limiter.acquire(LONG))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})
    limiter.release()
    await limiter.acquire(LONG)


@pytest.mark.parametrize(
    ("limits", "rule"),
    [
        (CallLimits(max_concurrent=0), "calls_at_once: must be 1 to 100"),
        (CallLimits(max_concurrent=101), "calls_at_once: must be 1 to 100"),
        (CallLimits(max_per_second=0.0), "calls_per_second: must be above 0"),
        (CallLimits(max_per_second=float("inf")), "calls_per_second: must be above 0"),
        (CallLimits(max_per_second=float("nan")), "calls_per_second: must be above 0"),
    ],
)
def test_invalid_limits_are_refused(limits: CallLimits, rule: str) -> None:
    with pytest.raises(AccountError) as caught:
        replace(account(), limits=limits)
    assert str(caught.value) == rule


class BlockingGateway(StubGateway):
    """Responds once `may_respond` is set."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.request_received, self.may_respond = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.request_received.set()
        await self.may_respond.wait()
        return await super().handle_async_request(request)


def success_signed_by(key: str = "gateway") -> Reply:
    return lambda request: signed_response(request.url.path, json_body(SUCCESS), key=key)


async def test_rejected_call_is_not_sent() -> None:
    one_at_a_time = replace(account(), limits=CallLimits(max_concurrent=1))
    gateway = BlockingGateway(success_signed_by())
    async with AntomClient(one_at_a_time, timeouts=Timeouts(limiter=SHORT), transport=gateway) as client:
        first = asyncio.create_task(client.cancel(CANCEL))
        await gateway.request_received.wait()
        assert isinstance(await client.cancel(CANCEL), DidNotHappen)
        gateway.may_respond.set()
        assert isinstance(await first, Happened)
        assert isinstance(await client.cancel(CANCEL), Happened)
    assert len(gateway.requests) == 2


async def test_pay_call_waits_for_the_limits_until_its_deadline() -> None:
    one_at_a_time = replace(account(), limits=CallLimits(max_concurrent=1))
    gateway = BlockingGateway(success_signed_by())
    async with AntomClient(one_at_a_time, transport=gateway) as client:
        first = asyncio.create_task(client.cancel(CANCEL))
        await gateway.request_received.wait()
        late = await client.pay(pay_request(), start_within=SHORT)
        assert isinstance(late, DidNotHappen)
        gateway.may_respond.set()
        assert isinstance(await first, Happened)
    assert len(gateway.requests) == 1


async def test_cancelled_call_occupies_its_slot_until_the_response() -> None:
    one_at_a_time = replace(account(), limits=CallLimits(max_concurrent=1))
    gateway = BlockingGateway(success_signed_by())
    async with AntomClient(one_at_a_time, timeouts=Timeouts(limiter=SHORT), transport=gateway) as client:
        cancelled = asyncio.create_task(client.cancel(CANCEL))
        await gateway.request_received.wait()
        cancelled.cancel()
        await asyncio.wait({cancelled})
        assert isinstance(await client.cancel(CANCEL), DidNotHappen)
        gateway.may_respond.set()


async def test_updated_private_key_signs_only_later_calls() -> None:
    gateway = StubGateway(success_signed_by())
    async with AntomClient(account(), transport=gateway) as client:
        await client.cancel(CANCEL)
        client.update_account(replace(account(), merchant_private_key=private_base64("merchant-2")))
        await client.cancel(CANCEL)
    signers = [signer_of(request) for request in gateway.requests]
    assert signers == ["merchant", "merchant-2"]


def signer_of(request: httpx.Request) -> str:
    """Returns the name of the key that signed a request."""
    [name] = [
        name
        for name in ("merchant", "merchant-2")
        if is_valid(
            request.headers["signature"],
            method="POST",
            path=request.url.path,
            client_id=request.headers["client-id"],
            time=request.headers["request-time"],
            body=request.content,
            public_keys=[public_base64(name)],
        )
    ]
    return name


async def test_response_is_verified_with_a_gateway_key_added_during_the_call() -> None:
    gateway = BlockingGateway(success_signed_by("gateway-2"))
    async with AntomClient(account(), transport=gateway) as client:
        call = asyncio.create_task(client.cancel(CANCEL))
        await gateway.request_received.wait()
        client.update_account(account(public_keys=(public_base64("gateway"), public_base64("gateway-2"))))
        gateway.may_respond.set()
        assert isinstance(await call, Happened)
