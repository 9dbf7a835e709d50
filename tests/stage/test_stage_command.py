"""Numbers of the command line, and work that a signal ends."""

import asyncio
import os
import signal

import pytest

from stage.command import count, until_stopped


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
