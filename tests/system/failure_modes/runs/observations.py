"""The observation of a cell's payment: the state at Holdfast, and the money at the gateway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from holdfast import Payment
from simulator.http.server import Simulator
from tests.system.failure_modes.cases.cells import Cell, FaultPattern
from tests.system.failure_modes.cases.flow import WHOLE_AMOUNT, Merchant
from tests.system.failure_modes.runs.payment_run import PaymentRun
from tools.chaos.checks.money_checks import find_violations
from tools.chaos.checks.run_record import FinalPayment, RunRecord, Violation
from tools.chaos.plan import Ending, Kind, Plan
from tools.local_stack.ledger import Ledger

_ENDINGS = {
    Merchant.CAPTURES: Ending.CAPTURE,
    Merchant.CANCELS: Ending.CANCEL,
    Merchant.LEAVES: Ending.LEAVE,
}


@dataclass(frozen=True)
class Call:
    """One gateway call, numbered among all calls of the run."""

    number: int
    operation: str
    request_id: str


@dataclass(frozen=True)
class State:
    """A payment at one moment: its state at Holdfast, and its money in the ledger (in minor units).

    `before` is the number of the first gateway call after that moment.
    """

    payment: Payment
    captured: int
    held: int
    before: int


@dataclass(frozen=True)
class Observation:
    """A cell's payment, with all its gateway calls; `interim` is its state while a fault lasted."""

    cell: Cell
    calls: Sequence[Call]
    end: State
    interim: State | None
    applied: tuple[int, ...]
    """How often the simulator has applied each fault of the cell."""
    initial_faults_applied: bool
    """Whether the simulator has applied all initial faults of the flow."""
    violations: tuple[Violation, ...]


def state_of(run: PaymentRun, calls: int) -> State:
    """Returns the present state of the payment; `calls` is the number of gateway calls of the run so far."""
    captured = sum(attempt.captured - attempt.refunded for attempt in run.attempts)
    held = sum(attempt.held for attempt in run.attempts)
    return State(run.payment, captured, held, calls)


def calls_by_reference(simulator: Simulator) -> Mapping[str, list[Call]]:
    """Returns every gateway call, by the payment reference with which its request id begins."""
    found: dict[str, list[Call]] = {}
    for number, made in enumerate(simulator.calls()):
        call = Call(number, str(made["operation"]), str(made["captureRequestId"] or made["paymentRequestId"]))
        found.setdefault(call.request_id.rpartition("-")[0], []).append(call)
    return found


async def violations(runs: Sequence[PaymentRun], simulator: Simulator) -> Mapping[str, list[Violation]]:
    """Returns the violations that the ledger shows for these payments, by payment reference."""
    payments = [FinalPayment(_plan(run), run.payment, await run.is_running(), True, run.now) for run in runs]
    ledger = Ledger.model_validate(simulator.ledger())
    material = RunRecord(payments=payments, ledger=ledger, calls=[], attacks=[], notifications=[])
    found: dict[str, list[Violation]] = {}
    for violation in find_violations(material):
        found.setdefault(violation.reference, []).append(violation)
    return found


def _plan(run: PaymentRun) -> Plan:
    """Returns the payment as the checks of the chaos run describe it."""
    flow = run.cell.flow
    return Plan(
        reference=run.reference,
        kind=Kind.CARD_MANUAL,
        value=WHOLE_AMOUNT,
        is_manual=not flow.is_automatic,
        is_three_ds=flow.is_three_ds,
        complete_within=840,
        retry_window=900,
        buyer_after=0,
        parts=flow.parts,
        ending=_ENDINGS[flow.merchant],
        habits=frozenset(),
        faults=(*flow.initial_faults, *run.cell.faults),
        attacks=(),
        random_seed="",
    )


def has_missed_fault(seen: Observation) -> bool:
    """Returns whether a fault of the cell, or an initial fault of its flow, was not applied as intended."""
    if seen.cell.pattern is FaultPattern.NONE:
        return not seen.initial_faults_applied
    is_lasting = seen.cell.pattern is FaultPattern.LASTING
    return any(times < 1 if is_lasting else times != 1 for times in seen.applied)
