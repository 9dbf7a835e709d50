"""Every process that a test starts has ended after the test, even after a failure."""

import os
from pathlib import Path

import pytest

from tests.support.crashes.system import running_system


class TestFailed(Exception):
    """The error of a failing test."""

    __test__ = False


async def test_no_process_is_left_after_a_failure(tmp_path: Path) -> None:
    pids: list[int] = []
    with pytest.raises(TestFailed):
        await _fail_with_everything_running(tmp_path, pids)
    assert len(set(pids)) == 4
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def _fail_with_everything_running(folder: Path, pids: list[int]) -> None:
    async with running_system(folder) as system:
        pids += [process.pid for process in system.processes]
        system.worker.freeze()
        raise TestFailed
