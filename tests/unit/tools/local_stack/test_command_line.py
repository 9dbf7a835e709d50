"""Arguments, signals, and the exit status of commands."""

import asyncio
import os
import signal
import tempfile
from pathlib import Path

import pytest

from tools.local_stack.command_line import count, run_and_report, until_stopped


class WorkFailed(Exception):
    """The work's own failure."""


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", ""])
def test_count_below_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - argparse reports the error
        count(text)


async def test_work_without_a_signal_returns_its_result() -> None:
    assert await until_stopped(asyncio.sleep(0, "result")) == "result"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_signal_cancels_the_work_and_lets_it_clean_up(number: signal.Signals) -> None:
    clean: list[str] = []

    async def work() -> str:
        try:
            os.kill(os.getpid(), number)
            await asyncio.sleep(60)
        finally:
            clean.append("up")
        return "result"

    try:
        assert await until_stopped(work()) is None
    finally:
        for handled in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().remove_signal_handler(handled)
    assert clean == ["up"]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which new folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def run(end: str, folder: Path | None = None) -> int:
    """Runs a command whose work ends in this way."""

    async def work() -> str:
        if end == "signal":
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(60)
        if end == "failure":
            raise WorkFailed("no result")
        return end

    return run_and_report(
        "some.thing",
        "3 tries",
        folder=folder,
        work=lambda *_: work(),
        report=lambda _, found: found == "good",
        failures=(WorkFailed,),
    )


def test_new_folder_is_deleted_after_a_good_result(
    temporary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("good") == 0
    assert list(temporary.iterdir()) == []
    assert f"3 tries, logs in {temporary}/holdfast-thing-" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("end", "text"),
    [
        ("bad", ""),
        ("failure", "python -m some.thing: no result\n"),
        ("signal", "python -m some.thing: stopped by a signal\n"),
    ],
)
def test_any_other_end_has_status_1_and_keeps_the_logs(
    temporary: Path, capsys: pytest.CaptureFixture[str], end: str, text: str
) -> None:
    assert run(end) == 1
    assert capsys.readouterr().err == text
    assert len(list(temporary.iterdir())) == 1


def test_given_folder_is_never_deleted(tmp_path: Path) -> None:
    assert run("good", folder=tmp_path) == 0
    assert tmp_path.exists()
