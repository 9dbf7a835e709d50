"""Coroutines that run until the first of them ends."""

import asyncio

import pytest

from tools.local_stack.first_ended import first_ended


async def forever(ended: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        ended.append("cancelled")


async def test_return_of_one_cancels_the_others() -> None:
    ended: list[str] = []
    await first_ended(forever(ended), asyncio.sleep(0), forever(ended))
    assert ended == ["cancelled", "cancelled"]


async def test_error_of_one_is_raised_after_the_others_have_ended() -> None:
    ended: list[str] = []

    async def fails() -> None:
        await asyncio.sleep(0)
        raise KeyError

    with pytest.raises(KeyError):
        await first_ended(forever(ended), fails())
    assert ended == ["cancelled"]


async def test_cancellation_ends_all() -> None:
    ended: list[str] = []
    running = asyncio.create_task(first_ended(forever(ended), forever(ended)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended == ["cancelled", "cancelled"]


async def test_error_of_the_first_argument_counts_where_several_end_together() -> None:
    async def fails(error: type[Exception]) -> None:
        raise error

    with pytest.raises(KeyError):
        await first_ended(fails(KeyError), fails(ValueError))
