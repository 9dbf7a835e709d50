"""The worker, or the Temporal server, dies after the first event of a payment, after the next, ..."""

from collections.abc import Awaitable, Callable

import pytest

from holdfast import PaymentStatus
from tests.support.crashes.machine import Machine
from tests.support.crashes.payment_flows import Life, card_life, hosted_life, lived
from tests.system.crashes.stepping import freeze_when

Death = Callable[[], Awaitable[None]]
LEAST_STEPS: dict[Life, int] = {hosted_life: 7, card_life: 4}
"""So often a payment stops at least where it can be killed: events that are stored together are one step."""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("life", LEAST_STEPS)
async def test_worker_dies_after_any_step(machine: Machine, life: Life) -> None:
    deaths = await _die_after_every_step(machine, life, "worker", machine.worker.restart)
    assert len(deaths) >= LEAST_STEPS[life], deaths


@pytest.mark.timeout(240)
@pytest.mark.parametrize("life", LEAST_STEPS)
async def test_temporal_dies_after_any_step(machine: Machine, life: Life) -> None:
    deaths = await _die_after_every_step(machine, life, "temporal", machine.temporal.restart)
    assert len(deaths) >= LEAST_STEPS[life], deaths


async def _die_after_every_step(machine: Machine, life: Life, who: str, die: Death) -> list[int]:
    """One payment per step, until one is over before the next step is reached; where each of them died."""
    deaths = [0]
    while died_at := await _die_after(machine, life, f"{who}-{deaths[-1] + 1}", deaths[-1] + 1, die):
        deaths.append(died_at)
    return deaths[1:]


async def _die_after(machine: Machine, life: Life, story: str, number: int, die: Death) -> int | None:
    """How long the history was at the kill: at least `number` events. None when the payment ended first."""
    reference = machine.reference(story)

    async def reached() -> bool:
        return await machine.history_length(reference) >= number or await machine.has_ended(reference)

    async with lived(machine, life, reference) as merchant:
        await freeze_when(machine.worker, reached)
        if await machine.has_ended(reference):
            machine.worker.thaw()
            await merchant
            return None
        died_at = await machine.history_length(reference)
        await die()
        machine.worker.thaw()
        assert (await merchant).status is PaymentStatus.CAPTURED
        await _as_if_nothing_had_happened(machine, reference)
    return died_at


async def _as_if_nothing_had_happened(machine: Machine, reference: str) -> None:
    await machine.assert_captured_once(reference)
    for operation in ("pay", "capture"):
        calls = await machine.gateway.calls(reference, operation)
        assert len(calls) <= 2, "only the call in flight is repeated"
