"""What is waited for is looked at again and again, however its answer comes."""

from collections.abc import Awaitable, Callable

import pytest

from tools.local_stack.waiting import until

Looks = list[int]


def at_once(looks: Looks) -> Callable[[], bool]:
    def holds() -> bool:
        looks.append(len(looks))
        return len(looks) == 3

    return holds


def when_asked(looks: Looks) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        return at_once(looks)()

    return holds


@pytest.mark.parametrize("kind", [at_once, when_asked])
async def test_it_is_looked_at_until_it_holds_and_no_longer(
    kind: Callable[[Looks], Callable[[], bool | Awaitable[bool]]],
) -> None:
    looks: Looks = []
    await until(kind(looks), every=0)
    assert len(looks) == 3
