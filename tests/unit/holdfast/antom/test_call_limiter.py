"""What an account's limits allow, and what a call that is not let in leaves behind."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from holdfast.antom.account import CallLimits
from holdfast.antom.call_limiter import MOST_WAITING, CallLimiter, LimitExceeded
from holdfast.antom.client import AntomClient, Timeouts
from holdfast.antom.errors import AccountError
from holdfast.antom.outcome import DidNotHappen, Happened
from holdfast.antom.signing import is_valid
from tests.support.antom.calls import CANCEL, SUCCESS, body_of
from tests.support.antom.gateway import Gateway, Reply, account, private_text, public_text, signed
from tests.support.skipped_time import in_skipped_time

SHORT = 0.02
LONG = 20.0


async def test_no_more_are_let_in_than_may_be_at_one_time() -> None:
    turns = CallLimiter(CallLimits(at_once=2))
    await turns.take(LONG)
    await turns.take(LONG)
    with pytest.raises(LimitExceeded, match=r"^not sent: no turn within 0\.02 s"):
        await turns.take(SHORT)
    turns.give_back()
    await turns.take(LONG)


@in_skipped_time
async def test_turns_are_spread_over_the_second() -> None:
    turns, clock = CallLimiter(CallLimits(per_second=50)), asyncio.get_running_loop()
    await asyncio.gather(*(turns.take(LONG) for _ in range(6)))
    assert clock.time() == pytest.approx(5 / 50)


async def test_a_crowd_does_not_wait_in_the_workers_places() -> None:
    turns = CallLimiter(CallLimits(at_once=1))
    await turns.take(LONG)
    waiting = [asyncio.create_task(turns.take(LONG)) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(LimitExceeded, match="not sent: 10 calls wait for a turn already"):
        await turns.take(LONG)
    for _ in waiting:
        turns.give_back()
    await asyncio.gather(*waiting)
    turns.give_back()
    await turns.take(LONG)


@in_skipped_time
async def test_those_who_gave_up_cost_nobody_else_time() -> None:
    turns, clock = CallLimiter(CallLimits(at_once=1, per_second=4)), asyncio.get_running_loop()
    await turns.take(LONG)
    turns.give_back()
    impatient = [asyncio.create_task(turns.take(SHORT)) for _ in range(MOST_WAITING)]
    assert all(
        isinstance(end, LimitExceeded) for end in await asyncio.gather(*impatient, return_exceptions=True)
    )
    await turns.take(LONG)
    assert clock.time() == pytest.approx(1 / 4)


async def test_a_call_that_is_called_off_while_it_waits_leaves_its_place() -> None:
    turns = CallLimiter(CallLimits(at_once=1))
    await turns.take(LONG)
    waiting = asyncio.create_task(turns.take(LONG))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})
    turns.give_back()
    await turns.take(LONG)


@pytest.mark.parametrize(
    ("limits", "rule"),
    [
        (CallLimits(at_once=0), "calls_at_once: must be 1 to 100"),
        (CallLimits(at_once=101), "calls_at_once: must be 1 to 100"),
        (CallLimits(per_second=0.0), "calls_per_second: must be above 0"),
        (CallLimits(per_second=float("inf")), "calls_per_second: must be above 0"),
        (CallLimits(per_second=float("nan")), "calls_per_second: must be above 0"),
    ],
)
def test_limits_that_allow_nothing_or_everything_are_refused(limits: CallLimits, rule: str) -> None:
    with pytest.raises(AccountError) as caught:
        replace(account(), limits=limits)
    assert str(caught.value) == rule


class BusyGateway(Gateway):
    """Answers when it is told to."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.set()
        await self.may_answer.wait()
        return await super().handle_async_request(request)


def succeeding(key: str = "gateway") -> Reply:
    return lambda request: signed(request.url.path, body_of(SUCCESS), key=key)


async def test_a_call_that_is_not_let_in_has_certainly_not_been_sent() -> None:
    one_at_a_time = replace(account(), limits=CallLimits(at_once=1))
    gateway = BusyGateway(succeeding())
    async with AntomClient(one_at_a_time, timeouts=Timeouts(turn=SHORT), transport=gateway) as client:
        first = asyncio.create_task(client.cancel(CANCEL))
        await gateway.asked.wait()
        assert isinstance(await client.cancel(CANCEL), DidNotHappen)
        gateway.may_answer.set()
        assert isinstance(await first, Happened)
        assert isinstance(await client.cancel(CANCEL), Happened)
    assert len(gateway.requests) == 2


async def test_a_call_whose_caller_has_gone_keeps_its_turn_until_it_is_answered() -> None:
    one_at_a_time = replace(account(), limits=CallLimits(at_once=1))
    gateway = BusyGateway(succeeding())
    async with AntomClient(one_at_a_time, timeouts=Timeouts(turn=SHORT), transport=gateway) as client:
        called_off = asyncio.create_task(client.cancel(CANCEL))
        await gateway.asked.wait()
        called_off.cancel()
        await asyncio.wait({called_off})
        assert isinstance(await client.cancel(CANCEL), DidNotHappen)
        gateway.may_answer.set()


async def test_another_key_signs_the_next_call_and_the_old_one_what_was_sent() -> None:
    gateway = Gateway(succeeding())
    async with AntomClient(account(), transport=gateway) as client:
        await client.cancel(CANCEL)
        client.adopt(replace(account(), merchant_private_key=private_text("merchant-2")))
        await client.cancel(CANCEL)
    signers = [signer_of(request) for request in gateway.requests]
    assert signers == ["merchant", "merchant-2"]


def signer_of(request: httpx.Request) -> str:
    """Whose key a request was signed with."""
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
            public_keys=[public_text(name)],
        )
    ]
    return name


async def test_an_answer_counts_with_a_gateway_key_that_was_added_while_it_was_on_its_way() -> None:
    gateway = BusyGateway(succeeding("gateway-2"))
    async with AntomClient(account(), transport=gateway) as client:
        call = asyncio.create_task(client.cancel(CANCEL))
        await gateway.asked.wait()
        client.adopt(account(public_keys=(public_text("gateway"), public_text("gateway-2"))))
        gateway.may_answer.set()
        assert isinstance(await call, Happened)
