"""Lives the payments of many cells at once, and observes them."""

import asyncio
from collections.abc import Coroutine, Sequence

from simulator.http.server import Simulator
from tests.support.world import World
from tests.system.failure_modes.cells import Cell, Course
from tests.system.failure_modes.kinds import LATER
from tests.system.failure_modes.lives import Life
from tests.system.failure_modes.observations import (
    Observation,
    State,
    calls_by_reference,
    state_of,
    violations,
)

_AT_ONCE = 24
"""Payments alive at the same time: enough to keep two cores busy while some of them wait."""
_SLOW_FIRST = [Course.LASTING, Course.TWICE, Course.ONCE, Course.NONE]


class _Living:
    """One life and what was noted on the way."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.interim: State | None = None

    async def live(self, simulator: Simulator) -> None:
        await self.life.begin()
        await self.life.until_rest()
        if self.life.cell.course is Course.LASTING:
            self.interim = state_of(self.life, len(simulator.calls()))
            self.life.heal()
            await self.life.until_rest()


async def run(world: World, cells: Sequence[Cell]) -> list[Observation]:
    """Live every cell once; what was observed, in the order of the cells. Raises ExceptionGroup."""
    lives = [_Living(Life(world, cell, world.reference(cell.flow.name))) for cell in cells]
    await _all([each.live(world.simulator) for each in sorted(lives, key=_slow_first)])
    world.simulator.advance(LATER + 1)
    await _all([each.life.later() for each in lives if _is_late(each)])
    return await _observed(lives, world.simulator)


async def _observed(lives: Sequence[_Living], simulator: Simulator) -> list[Observation]:
    calls, made = calls_by_reference(simulator), len(simulator.calls())
    broken = await violations([each.life for each in lives], simulator)
    return [
        Observation(
            cell=each.life.cell,
            calls=calls.get(each.life.reference, []),
            end=state_of(each.life, made),
            interim=each.interim,
            struck=tuple(fault.used for fault in each.life.struck),
            is_prepared=all(fault.used == fault.times for fault in each.life.before),
            violations=tuple(broken.get(each.life.reference, ())),
        )
        for each in lives
    ]


def _slow_first(living: _Living) -> int:
    return _SLOW_FIRST.index(living.life.cell.course)


def _is_late(living: _Living) -> bool:
    return any(kind.seconds == LATER for kind in living.life.cell.kinds)


async def _all(works: Sequence[Coroutine[object, object, None]]) -> None:
    """Do all of it, so much at once. Raises ExceptionGroup with everything that went wrong."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def do(work: Coroutine[object, object, None]) -> None:
        async with gate:
            await work

    ends = await asyncio.gather(*(do(work) for work in works), return_exceptions=True)
    if errors := [end for end in ends if isinstance(end, Exception)]:
        raise ExceptionGroup("payments of the run", errors)
