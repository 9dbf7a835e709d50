"""Runs several coroutines that belong together until the first one ends."""

import asyncio
from collections.abc import Coroutine


async def first_ended(*work: Coroutine[object, object, object]) -> None:
    """Runs all at once; when one returns or raises, cancels the others and does as that one did."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
