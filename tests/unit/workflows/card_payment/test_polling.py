"""The number of calls of a poll, its pauses, and the conditions that end it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.support.workflows.clock import START, Clock
from workflows.card_payment import polling
from workflows.card_payment.polling import ConsecutiveCount, Pauses, poll

SECOND = timedelta(seconds=1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(polling, "workflow", clock)
    return clock


class Answers:
    """Returns these answers in their order, then None."""

    def __init__(self, answers: Sequence[bool | None] = ()) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def ask(self) -> bool | None:
        self.asked += 1
        return self._answers.pop(0) if self._answers else None


@pytest.mark.parametrize("answer", [True, False])
async def test_first_answer_ends_the_poll(clock: Clock, *, answer: bool) -> None:
    answers = Answers([None, None, answer])
    assert await poll(answers.ask, Pauses(SECOND)) is answer
    assert (answers.asked, clock.waits) == (3, [SECOND, SECOND])


async def test_pauses_grow_up_to_the_longest(clock: Clock) -> None:
    answers = Answers([None] * 5 + [True])
    assert await poll(answers.ask, Pauses(SECOND, growth=2, longest=5 * SECOND))
    assert clock.waits == [SECOND, 2 * SECOND, 4 * SECOND, 5 * SECOND, 5 * SECOND]


async def test_number_of_calls_is_limited_and_each_is_followed_by_a_pause(clock: Clock) -> None:
    answers = Answers()
    assert await poll(answers.ask, Pauses(SECOND), times=3) is None
    assert (answers.asked, clock.waits) == (3, [SECOND] * 3)


async def test_zero_pause_starts_no_timer(clock: Clock) -> None:
    answers = Answers()
    assert await poll(answers.ask, Pauses(timedelta(0)), times=3) is None
    assert (answers.asked, clock.waits) == (3, [])


async def test_last_pause_is_shortened_for_a_last_call_at_the_end(clock: Clock) -> None:
    answers, end = Answers(), START + 10 * SECOND
    assert await poll(answers.ask, Pauses(4 * SECOND), until=end) is None
    assert (answers.asked, clock.waits) == (4, [4 * SECOND, 4 * SECOND, 2 * SECOND])


async def test_poll_that_begins_after_its_end_calls_once(clock: Clock) -> None:
    answers = Answers()
    assert await poll(answers.ask, Pauses(SECOND), until=START - SECOND) is None
    assert (answers.asked, clock.waits) == (1, [])


async def test_condition_that_ends_with_the_time_prevents_the_last_call(clock: Clock) -> None:
    answers, end = Answers(), START + 10 * SECOND
    pauses = Pauses(4 * SECOND)
    assert await poll(answers.ask, pauses, until=end, goes_on=lambda: clock.now() < end) is None
    assert (answers.asked, clock.waits) == (3, [4 * SECOND, 4 * SECOND, 2 * SECOND])


async def test_change_ends_the_pause_and_the_poll(clock: Clock) -> None:
    answers, changes = Answers(), list[int]()
    clock.changes[1] = lambda: changes.append(1)
    assert await poll(answers.ask, Pauses(SECOND), goes_on=lambda: not changes) is None
    assert (answers.asked, clock.time) == (2, START + SECOND)


async def test_change_during_the_call_skips_the_pause(clock: Clock) -> None:
    changes = list[int]()

    async def change() -> bool | None:
        changes.append(1)
        return None

    assert await poll(change, Pauses(SECOND), goes_on=lambda: not changes) is None
    assert (len(changes), clock.waits) == (1, [])


async def test_poll_after_a_change_makes_no_call(clock: Clock) -> None:
    answers = Answers([True])
    assert await poll(answers.ask, Pauses(SECOND), goes_on=lambda: False) is None
    assert (answers.asked, clock.waits) == (0, [])


def test_restarted_pauses_grow_from_the_new_pause() -> None:
    pauses = Pauses(30 * SECOND, growth=2, longest=60 * SECOND)
    assert [pauses.next(), pauses.next(), pauses.next()] == [30 * SECOND, 60 * SECOND, 60 * SECOND]
    pauses.restart(15 * SECOND)
    assert [pauses.next(), pauses.next()] == [15 * SECOND, 30 * SECOND]


def test_only_consecutive_observations_count() -> None:
    seen = ConsecutiveCount(3)
    observed = [True, True, False, True, True, True, True, False]
    established = [seen.observe(is_seen=each) for each in observed]
    assert established == [False] * 5 + [True, True, False]
