"""Children are watched, and none is left behind."""

import asyncio
import sys
from pathlib import Path

import pytest

from tools.local_stack import processes
from tools.local_stack.processes import Child, ChildFailed, Children, has_said, ready

SLEEPER = "import time; print('ready', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"


def start(children: Children, folder: Path, code: str, name: str = "child") -> Child:
    return children.start(name, [sys.executable, "-c", code], {}, folder / f"{name}.log")


async def started(children: Children, folder: Path, name: str, code: str = SLEEPER) -> Child:
    child = start(children, folder, code, name)
    await ready(child, lambda: has_said(child, "ready"))
    return child


async def test_all_end_with_the_block_and_a_stubborn_one_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "GRACE", 0.3)
    with pytest.raises(KeyError), Children() as children:  # noqa: PT012 - the error is the point
        polite = await started(children, tmp_path, "polite")
        stubborn = await started(children, tmp_path, "stubborn", STUBBORN)
        raise KeyError
    assert (polite.process.returncode, stubborn.process.returncode) == (-15, -9)


async def test_a_child_that_was_killed_on_purpose_and_replaced_is_no_failure(tmp_path: Path) -> None:
    with Children() as children:
        killed = await started(children, tmp_path, "killed")
        children.kill(killed)
        replacement = await started(children, tmp_path, "replacement")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await children.watch()
    assert (killed.process.returncode, replacement.process.returncode) == (-9, -15)


async def test_a_child_that_ends_by_itself_is_one_line_that_names_its_log(tmp_path: Path) -> None:
    code = "print('first'); print('ANTOM_CLIENT_ID is missing\\n'); raise SystemExit(2)"
    with Children() as children:
        start(children, tmp_path, code)
        with pytest.raises(ChildFailed) as failure:
            await children.watch()
    log = tmp_path / "child.log"
    expected = f"child ended with status 2; it said last: ANTOM_CLIENT_ID is missing (log: {log})"
    assert str(failure.value) == expected


async def test_a_child_that_says_nothing_is_not_waited_for_forever(tmp_path: Path) -> None:
    with Children() as children:
        child = start(children, tmp_path, "import time; time.sleep(60)")
        with pytest.raises(ChildFailed, match="child was not ready within 0 s; it said last: nothing"):
            await ready(child, lambda: has_said(child, "ready"), within=0.2)


async def test_a_program_that_is_not_there_is_a_clear_failure(tmp_path: Path) -> None:
    with Children() as children, pytest.raises(ChildFailed, match="temporal cannot be started: "):
        children.start("temporal", [str(tmp_path / "temporal")], {}, tmp_path / "temporal.log")
