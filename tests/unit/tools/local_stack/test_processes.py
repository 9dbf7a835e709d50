"""Processes are watched, and none is left."""

import asyncio
import sys
from pathlib import Path

import pytest

from tools.local_stack import processes
from tools.local_stack.processes import Process, ProcessFailed, ProcessGroup

SLEEPER = "import time; print('ready', flush=True); time.sleep(60)"
IGNORES_SIGTERM = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"


def process(folder: Path, code: str = SLEEPER, name: str = "child") -> Process:
    command = [sys.executable, "-c", code]
    return Process(name, command, {}, folder / f"{name}.log", lambda self: "ready" in self.output)


async def test_group_terminates_its_processes_and_kills_one_that_ignores_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "GRACE", 0.3)
    with pytest.raises(KeyError), ProcessGroup() as group:  # noqa: PT012 - the error is the point
        first = group.add(process(tmp_path, name="first"))
        second = group.add(process(tmp_path, IGNORES_SIGTERM, "second"))
        await asyncio.gather(first.start(), second.start())
        raise KeyError
    assert (first.exit_status, second.exit_status) == (-15, -9)


async def test_group_ends_a_frozen_process(tmp_path: Path) -> None:
    with ProcessGroup() as group:
        frozen = group.add(process(tmp_path))
        await frozen.start()
        frozen.freeze()
    assert frozen.exit_status == -15


async def test_restart_is_no_failure_and_clears_the_output(tmp_path: Path) -> None:
    with ProcessGroup() as group:
        restarted = group.add(process(tmp_path))
        await restarted.start()
        before = restarted.pid
        await restarted.restart()
        assert restarted.pid != before
        assert restarted.output == "ready\n"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await group.watch()


async def test_terminate_returns_the_exit_status(tmp_path: Path) -> None:
    with ProcessGroup() as group:
        terminated = group.add(process(tmp_path))
        await terminated.start()
        assert await terminated.terminate() == -15
        assert not terminated.has_failed


async def test_process_that_ends_by_itself_fails_with_one_line_that_names_its_log(tmp_path: Path) -> None:
    code = "print('first'); print('ANTOM_CLIENT_ID is missing\\n'); raise SystemExit(2)"
    with ProcessGroup() as group:
        group.add(process(tmp_path, code)).launch()
        with pytest.raises(ProcessFailed) as failure:
            await group.watch()
    log = tmp_path / "child.log"
    expected = f"child ended with status 2; last line of its log: ANTOM_CLIENT_ID is missing ({log})"
    assert str(failure.value) == expected


async def test_process_that_ends_before_it_is_ready_fails(tmp_path: Path) -> None:
    with ProcessGroup() as group, pytest.raises(ProcessFailed, match="child ended with status 3"):
        await group.add(process(tmp_path, "raise SystemExit(3)")).start()


async def test_process_that_is_never_ready_fails_when_the_time_is_up(tmp_path: Path) -> None:
    with ProcessGroup() as group:
        silent = group.add(process(tmp_path, "import time; time.sleep(60)"))
        silent.launch()
        with pytest.raises(ProcessFailed, match="child was not ready within 0 s; last line of its log: none"):
            await silent.wait_until(lambda: "ready" in silent.output, within=0.2)


async def test_missing_program_fails_with_one_line(tmp_path: Path) -> None:
    missing = Process("temporal", [str(tmp_path / "temporal")], {}, tmp_path / "temporal.log")
    with pytest.raises(ProcessFailed, match="temporal cannot be started: "):
        missing.launch()
