"""Numbers of the command line, work that a signal ends, and what a command makes of its end."""

import asyncio
import os
import signal
import tempfile
from pathlib import Path

import pytest

from tools.local_stack.command_line import count, reported, until_stopped


class Unlucky(Exception):
    """The work's own failure."""


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", ""])
def test_a_number_below_one_is_no_count(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - argparse tells what is wrong
        count(text)


async def test_work_that_nobody_stops_returns_what_it_made() -> None:
    assert await until_stopped(asyncio.sleep(0, "made")) == "made"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_the_work_and_lets_it_clean_up(number: signal.Signals) -> None:
    clean: list[str] = []

    async def work() -> str:
        try:
            os.kill(os.getpid(), number)
            await asyncio.sleep(60)
        finally:
            clean.append("up")
        return "made"

    try:
        assert await until_stopped(work()) is None
    finally:
        for handled in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().remove_signal_handler(handled)
    assert clean == ["up"]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where new folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def run(end: str, folder: Path | None = None) -> int:
    """A command whose work ends like this."""

    async def work() -> str:
        if end == "signal":
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(60)
        if end == "failure":
            raise Unlucky("no luck")
        return end

    return reported(
        "some.thing",
        "3 tries",
        folder=folder,
        work=lambda *_: work(),
        is_right=lambda _, found: found == "right",
        failures=(Unlucky,),
    )


def test_a_folder_of_its_own_is_deleted_when_all_is_right(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("right") == 0
    assert list(elsewhere.iterdir()) == []
    assert f"3 tries, logs in {elsewhere}/holdfast-thing-" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("wrong", ""),
        ("failure", "python -m some.thing: no luck\n"),
        ("signal", "python -m some.thing: stopped by a signal\n"),
    ],
)
def test_whatever_else_ends_it_is_status_1_and_leaves_the_logs(
    elsewhere: Path, capsys: pytest.CaptureFixture[str], end: str, said: str
) -> None:
    assert run(end) == 1
    assert capsys.readouterr().err == said
    assert len(list(elsewhere.iterdir())) == 1


def test_a_folder_that_was_named_is_never_deleted(tmp_path: Path) -> None:
    assert run("right", folder=tmp_path) == 0
    assert tmp_path.exists()
