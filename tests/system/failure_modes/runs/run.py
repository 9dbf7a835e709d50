"""Runs the payments of many cells concurrently, and observes them."""

import asyncio
from collections.abc import Coroutine, Sequence

from simulator.http.server import Simulator
from tests.support.world import World
from tests.system.failure_modes.cases.cells import Cell, FaultPattern
from tests.system.failure_modes.cases.fault_kinds import LATE
from tests.system.failure_modes.runs.observations import (
    Observation,
    State,
    calls_by_reference,
    state_of,
    violations,
)
from tests.system.failure_modes.runs.payment_run import PaymentRun

_CONCURRENCY = 24
"""The number of concurrent payments: enough to keep two cores busy while some of them wait."""
_SLOW_FIRST = [FaultPattern.LASTING, FaultPattern.TWICE, FaultPattern.ONCE, FaultPattern.NONE]


class _RunRecord:
    """One payment run, with the snapshot that was taken while a fault lasted."""

    def __init__(self, run: PaymentRun) -> None:
        self.run = run
        self.interim: State | None = None

    async def execute(self, simulator: Simulator) -> None:
        await self.run.start()
        await self.run.run_until_idle()
        if self.run.cell.pattern is FaultPattern.LASTING:
            self.interim = state_of(self.run, len(simulator.calls()))
            self.run.clear_faults()
            await self.run.run_until_idle()


async def run_cells(world: World, cells: Sequence[Cell]) -> list[Observation]:
    """Runs every cell once. Returns the observations in the order of the cells. Raises ExceptionGroup."""
    records = [_RunRecord(PaymentRun(world, cell, world.reference(cell.flow.name))) for cell in cells]
    await _all([each.execute(world.simulator) for each in sorted(records, key=_slow_first)])
    world.simulator.advance(LATE + 1)
    await _all([each.run.handle_late_events() for each in records if _has_late_event(each)])
    return await _observed(records, world.simulator)


async def _observed(records: Sequence[_RunRecord], simulator: Simulator) -> list[Observation]:
    calls, made = calls_by_reference(simulator), len(simulator.calls())
    found = await violations([each.run for each in records], simulator)
    return [
        Observation(
            cell=each.run.cell,
            calls=calls.get(each.run.reference, []),
            end=state_of(each.run, made),
            interim=each.interim,
            applied=tuple(fault.used for fault in each.run.injected_faults),
            initial_faults_applied=all(fault.used == fault.times for fault in each.run.initial_faults),
            violations=tuple(found.get(each.run.reference, ())),
        )
        for each in records
    ]


def _slow_first(record: _RunRecord) -> int:
    return _SLOW_FIRST.index(record.run.cell.pattern)


def _has_late_event(record: _RunRecord) -> bool:
    return any(kind.seconds == LATE for kind in record.run.cell.kinds)


async def _all(coroutines: Sequence[Coroutine[object, object, None]]) -> None:
    """Awaits all coroutines with limited concurrency. Raises ExceptionGroup with every error."""
    semaphore = asyncio.Semaphore(_CONCURRENCY)

    async def limited(coroutine: Coroutine[object, object, None]) -> None:
        async with semaphore:
            await coroutine

    ends = await asyncio.gather(*(limited(coroutine) for coroutine in coroutines), return_exceptions=True)
    if errors := [end for end in ends if isinstance(end, Exception)]:
        raise ExceptionGroup("payments of the run", errors)
