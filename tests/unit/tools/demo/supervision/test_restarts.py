"""A process that ends is started again, and one that ends again and again ends the run."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.demo.supervision.restarts import STABLE_AFTER, TRIES, Restarts
from tools.local_stack.processes import Process, ProcessFailed, ProcessGroup

SLEEPER = "import time; print('ready', flush=True); time.sleep(60)"
FAILS_ONCE = f"""
from pathlib import Path
marker = Path("marker")
if not marker.exists():
    marker.touch()
    raise SystemExit("the first start fails")
{SLEEPER}
"""
NEVER_STARTS = "raise SystemExit('ANTOM_CLIENT_ID is missing')"


@pytest.fixture
def group() -> Iterator[ProcessGroup]:
    with ProcessGroup() as group:
        yield group


def process(folder: Path, code: str = SLEEPER, name: str = "worker") -> Process:
    command = [sys.executable, "-c", code]
    return Process(name, command, {}, folder / f"{name}.log", lambda self: "ready" in self.output)


async def end(process: Process, number: signal.Signals) -> None:
    """Ends the process by a signal that this program does not expect."""
    process.send_signal(number)
    await process.wait_until_ended()


async def kill(process: Process) -> None:
    """Kills the process as a reader does."""
    await end(process, signal.SIGKILL)


async def crash(process: Process) -> None:
    """Ends the process as an error inside it does."""
    await end(process, signal.SIGABRT)


async def test_killed_process_runs_again_under_another_id(tmp_path: Path, group: ProcessGroup) -> None:
    worker, webhook = (group.add(process(tmp_path, name=name)) for name in ("worker", "webhook"))
    await asyncio.gather(worker.start(), webhook.start())
    restarts = Restarts([worker, webhook])
    before = (worker.pid, webhook.pid)
    await kill(worker)
    ended = await restarts.until_one_has_ended()
    assert ended == [worker]
    await restarts.restart(ended)
    assert worker.pid != before[0]
    assert webhook.pid == before[1]
    assert worker.is_alive


async def test_start_that_fails_is_repeated(tmp_path: Path, group: ProcessGroup) -> None:
    worker = group.add(process(tmp_path, FAILS_ONCE))
    await Restarts([worker]).restart([worker])
    assert worker.is_alive
    assert "the first start fails" in worker.log.read_text()


async def test_process_that_never_starts_ends_the_run_with_the_path_of_its_log(
    tmp_path: Path, group: ProcessGroup
) -> None:
    worker = group.add(process(tmp_path, NEVER_STARTS))
    with pytest.raises(ProcessFailed) as failure:
        await Restarts([worker]).restart([worker])
    assert str(failure.value) == (
        f"worker was started {TRIES} times and ended each time, or was not ready; last line of its log: "
        f"ANTOM_CLIENT_ID is missing ({tmp_path / 'worker.log'})"
    )
    assert worker.log.read_text().count("ANTOM_CLIENT_ID is missing") == TRIES


async def test_process_that_ends_soon_after_each_start_ends_the_run(
    tmp_path: Path, group: ProcessGroup
) -> None:
    worker = group.add(process(tmp_path))
    restarts = Restarts([worker], clock=lambda: 0.0)
    for _ in range(TRIES):
        await restarts.restart([worker])
        await crash(worker)
    with pytest.raises(ProcessFailed, match="worker was started 3 times"):
        await restarts.restart([worker])


async def test_process_that_had_run_for_a_while_is_always_started_again(
    tmp_path: Path, group: ProcessGroup
) -> None:
    worker = group.add(process(tmp_path))
    times = iter(range(0, 1_000, int(STABLE_AFTER)))
    restarts = Restarts([worker], clock=lambda: float(next(times)))
    for _ in range(TRIES + 2):
        await restarts.restart([worker])
        await crash(worker)


async def test_process_that_a_reader_kills_again_and_again_is_always_started_again(
    tmp_path: Path, group: ProcessGroup
) -> None:
    worker = group.add(process(tmp_path))
    restarts = Restarts([worker], clock=lambda: 0.0)
    for _ in range(TRIES + 2):
        await restarts.restart([worker])
        await kill(worker)


async def test_process_that_ends_during_a_restart_is_started_too(tmp_path: Path, group: ProcessGroup) -> None:
    temporal, worker = (group.add(process(tmp_path, name=name)) for name in ("temporal", "worker"))
    await asyncio.gather(temporal.start(), worker.start())
    await kill(worker)
    restarts = Restarts([temporal, worker])
    ended = await restarts.until_one_has_ended()
    await kill(temporal)
    await restarts.restart(ended)
    assert temporal.is_alive
    assert worker.is_alive
