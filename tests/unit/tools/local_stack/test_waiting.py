"""A condition is evaluated until it holds, whether its result is awaitable or not."""

from collections.abc import Awaitable, Callable

import pytest

from tools.local_stack.waiting import until

Evaluations = list[int]


def direct(evaluations: Evaluations) -> Callable[[], bool]:
    def holds() -> bool:
        evaluations.append(len(evaluations))
        return len(evaluations) == 3

    return holds


def awaitable(evaluations: Evaluations) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        return direct(evaluations)()

    return holds


@pytest.mark.parametrize("kind", [direct, awaitable])
async def test_condition_is_evaluated_until_it_holds(
    kind: Callable[[Evaluations], Callable[[], bool | Awaitable[bool]]],
) -> None:
    evaluations: Evaluations = []
    await until(kind(evaluations), every=0)
    assert len(evaluations) == 3
