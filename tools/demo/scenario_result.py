"""Runs the scenarios and compares each payment with what is expected of it."""

import asyncio
from dataclasses import dataclass

from holdfast import HoldfastError, Payment
from tools.demo.expectation import discrepancies
from tools.demo.scenario_context import ScenarioContext
from tools.demo.scenario_run import ScenarioRun
from tools.demo.scenarios import LAST_SCENARIO, SCENARIOS, Scenario
from tools.local_stack.ledger import OrderSummary

POLL_INTERVAL = 0.15
SCENARIO_TIMEOUT = 100.0
"""Seconds."""


@dataclass(frozen=True)
class ScenarioResult:
    """A scenario that has run: Holdfast's payment, the ledger's order, and their discrepancies."""

    scenario: Scenario
    reference: str
    payment: Payment | None
    order: OrderSummary
    discrepancies: tuple[str, ...]

    @property
    def is_as_expected(self) -> bool:
        """Whether payment and ledger are what the scenario expects."""
        return not self.discrepancies


async def run_all(context: ScenarioContext) -> list[ScenarioResult]:
    """Runs every scenario; the last one runs alone, after the others."""
    together = await asyncio.gather(*(run_scenario(context, scenario) for scenario in SCENARIOS))
    return [*together, await run_scenario(context, LAST_SCENARIO)]


async def run_scenario(context: ScenarioContext, scenario: Scenario) -> ScenarioResult:
    """Runs one scenario to its end, or until it fails. Its name is its payment's reference."""
    run = ScenarioRun(context, scenario.name, scenario.value)
    following = asyncio.create_task(_follow(run))
    failures: tuple[str, ...] = ()
    try:
        async with asyncio.timeout(SCENARIO_TIMEOUT):
            await scenario.steps(run)
    except Exception as error:  # a scenario that fails is a result, and the others continue
        failures = (_in_one_line(error),)
    finally:
        following.cancel()
        await asyncio.wait({following})
    result = await _compared(run, scenario, failures)
    context.progress.ended(scenario.name, is_as_expected=result.is_as_expected)
    return result


def _in_one_line(error: Exception) -> str:
    """Formats an error; of a group, its first error."""
    if isinstance(error, ExceptionGroup):
        return _in_one_line(error.exceptions[0])
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


async def _compared(run: ScenarioRun, scenario: Scenario, failures: tuple[str, ...]) -> ScenarioResult:
    payment, order = await _current(run), await run.context.gateway.summary(run.reference)
    found = (*failures, *discrepancies(scenario.expectation, payment, order))
    return ScenarioResult(scenario, run.reference, payment, order, found)


async def _follow(run: ScenarioRun) -> None:
    while True:
        payment = await _current(run)
        if payment is not None and payment.status.is_final:
            return
        await asyncio.sleep(POLL_INTERVAL)


async def _current(run: ScenarioRun) -> Payment | None:
    """Reads and displays the payment; returns None while there is none."""
    try:
        payment = await run.context.shop.payments.get(run.reference)
    except HoldfastError:
        return None
    run.context.progress.changed(run.reference, payment)
    return payment
