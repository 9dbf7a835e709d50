"""Plays the stories and tells how each payment ended."""

import asyncio
from dataclasses import dataclass

from holdfast import HoldfastError, Payment
from tools.demo.scenario_context import Act, ScenarioContext
from tools.demo.scenarios import LAST_STORY, STORIES, Story
from tools.demo.verdict import disagreements
from tools.local_stack.ledger_client import Account

LOOK_EVERY = 0.15
LONGEST_STORY = 100.0
"""Seconds."""


@dataclass(frozen=True)
class Result:
    """A story that was played: our word, the ledger's word, and where they are not as they should be."""

    story: Story
    reference: str
    payment: Payment | None
    account: Account
    wrong: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Status and ledger are what the story should end as."""
        return not self.wrong


async def play_all(theatre: ScenarioContext) -> list[Result]:
    """Play every story, the last one when the others are over."""
    together = await asyncio.gather(*(played(theatre, story) for story in STORIES))
    return [*together, await played(theatre, LAST_STORY)]


async def played(theatre: ScenarioContext, story: Story) -> Result:
    """Play one story to its end, or until it goes wrong. Its name is its payment's reference."""
    act = Act(theatre, story.name, story.value)
    following = asyncio.create_task(_follow(act))
    broken: tuple[str, ...] = ()
    try:
        async with asyncio.timeout(LONGEST_STORY):
            await story.play(act)
    except Exception as error:  # a story that breaks is a result, and the others go on
        broken = (_in_one_line(error),)
    finally:
        following.cancel()
        await asyncio.wait({following})
    result = await _judged(act, story, broken)
    theatre.progress.ended(story.name, is_right=result.is_right)
    return result


def _in_one_line(error: Exception) -> str:
    """A group's first error stands for all of it."""
    if isinstance(error, ExceptionGroup):
        return _in_one_line(error.exceptions[0])
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


async def _judged(act: Act, story: Story, broken: tuple[str, ...]) -> Result:
    payment, account = await _look(act), await act.theatre.gateway.account(act.reference)
    wrong = (*broken, *disagreements(story.ending, payment, account))
    return Result(story, act.reference, payment, account, wrong)


async def _follow(act: Act) -> None:
    while True:
        payment = await _look(act)
        if payment is not None and payment.status.is_final:
            return
        await asyncio.sleep(LOOK_EVERY)


async def _look(act: Act) -> Payment | None:
    """The payment now, shown to the audience; None when it is not there (yet)."""
    try:
        payment = await act.theatre.shop.payments.get(act.reference)
    except HoldfastError:
        return None
    act.theatre.progress.moved(act.reference, payment)
    return payment
