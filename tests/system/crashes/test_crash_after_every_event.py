"""The worker, or the Temporal server, is killed after the first event of a payment, after the next, ..."""

from collections.abc import Awaitable, Callable

import pytest

from holdfast import PaymentStatus
from tests.support.crashes.payment_flows import Flow, card_flow, hosted_flow, running_flow
from tests.support.crashes.system import SystemUnderTest
from tests.system.crashes.freeze_at import freeze_when

Kill = Callable[[], Awaitable[None]]
MIN_KILLS: dict[Flow, int] = {hosted_flow: 7, card_flow: 4}
"""The least number of different kills in one flow: events that are stored together count as one."""
PASSES = 6
"""On a busy machine a process passes several events between two freezes, and a pass skips some kills."""


@pytest.mark.timeout(400)
@pytest.mark.parametrize("flow", MIN_KILLS)
async def test_worker_killed_after_every_event_captures_once(system: SystemUnderTest, flow: Flow) -> None:
    kills = await _kill_after_every_event(system, flow, "worker", system.worker.restart)
    assert len(kills) >= MIN_KILLS[flow], kills


@pytest.mark.timeout(400)
@pytest.mark.parametrize("flow", MIN_KILLS)
async def test_temporal_killed_after_every_event_captures_once(system: SystemUnderTest, flow: Flow) -> None:
    kills = await _kill_after_every_event(system, flow, "temporal", system.temporal.restart)
    assert len(kills) >= MIN_KILLS[flow], kills


async def _kill_after_every_event(system: SystemUnderTest, flow: Flow, who: str, kill: Kill) -> set[int]:
    """Kills after every event, in as many passes as that takes; returns the events before the kills."""
    kills: set[int] = set()
    for _ in range(PASSES):
        kills.update(await _one_pass(system, flow, who, kill))
        if len(kills) >= MIN_KILLS[flow]:
            break
    return kills


async def _one_pass(system: SystemUnderTest, flow: Flow, who: str, kill: Kill) -> list[int]:
    """Makes payments until one ends before its kill; returns the number of events before each kill."""
    kills = [0]
    while killed_at := await _kill_after(system, flow, f"{who}-{kills[-1] + 1}", kills[-1] + 1, kill):
        kills.append(killed_at)
    return kills[1:]


async def _kill_after(system: SystemUnderTest, flow: Flow, name: str, number: int, kill: Kill) -> int | None:
    """Kills after at least `number` events; returns their number, None when the payment ended first."""
    reference = system.reference(name)

    async def is_reached() -> bool:
        return await system.history_length(reference) >= number or await system.has_ended(reference)

    async with running_flow(system, flow, reference) as merchant:
        await freeze_when(system.worker, is_reached)
        if await system.has_ended(reference):
            system.worker.resume()
            await merchant
            return None
        killed_at = await system.history_length(reference)
        await kill()
        system.worker.resume()
        assert (await merchant).status is PaymentStatus.CAPTURED
        await _assert_only_the_call_in_flight_is_repeated(system, reference)
    return killed_at


async def _assert_only_the_call_in_flight_is_repeated(system: SystemUnderTest, reference: str) -> None:
    await system.assert_captured_once(reference)
    for operation in ("pay", "capture"):
        assert len(await system.gateway.calls_of(reference, operation)) <= 2
