"""What the tests start is gone afterwards, whatever happened in between."""

import os
from pathlib import Path

import pytest

from tests.support.crashes.launch import running_machine


class Mishap(Exception):
    """What a failing test raises."""


async def test_every_process_is_gone_after_a_failure(tmp_path: Path) -> None:
    pids: list[int] = []
    with pytest.raises(Mishap):
        await _fail_with_everything_running(tmp_path, pids)
    assert len(set(pids)) == 4
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def _fail_with_everything_running(folder: Path, pids: list[int]) -> None:
    async with running_machine(folder) as machine:
        pids += [process.pid for process in machine.processes]
        machine.worker.freeze()
        raise Mishap
