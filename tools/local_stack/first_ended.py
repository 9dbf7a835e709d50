"""Runs several coroutines that belong together until the first one ends."""

import asyncio
from collections.abc import Coroutine


async def first_ended(*work: Coroutine[object, object, object]) -> None:
    """Runs all at once; when one returns or raises, cancels the others and does as that one did.

    Where several end at the same time, the error of the first argument counts.
    """
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
