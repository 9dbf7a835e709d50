"""What was observed of a cell's payment: at the gateway, which knows where the money is, and at Holdfast."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from holdfast import Payment
from simulator.http.server import Simulator
from tests.system.failure_modes.cells import Cell, Course
from tests.system.failure_modes.flow import WHOLE, Merchant
from tests.system.failure_modes.lives import Life
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
    """One gateway call, numbered among all of the run."""

    number: int
    operation: str
    request_id: str


@dataclass(frozen=True)
class State:
    """Where a payment stands: what Holdfast says, and where the ledger has the money (in minor units).

    `before` is the number of the first gateway call after it.
    """

    payment: Payment
    taken: int
    held: int
    before: int


@dataclass(frozen=True)
class Observation:
    """A cell's payment, with all its gateway calls; `interim` is where it stood while a fault lasted."""

    cell: Cell
    calls: Sequence[Call]
    end: State
    interim: State | None
    struck: tuple[int, ...]
    """How often each fault of the cell has struck."""
    is_prepared: bool
    """Whether what the flow begins with has gone wrong as it should."""
    violations: tuple[Violation, ...]


def state_of(life: Life, calls: int) -> State:
    """The payment as it stands now, after so many gateway calls of the run."""
    taken = sum(attempt.captured - attempt.refunded for attempt in life.attempts)
    held = sum(attempt.held for attempt in life.attempts)
    return State(life.payment, taken, held, calls)


def calls_by_reference(simulator: Simulator) -> Mapping[str, list[Call]]:
    """Every gateway call, by the payment reference that its request id begins with."""
    found: dict[str, list[Call]] = {}
    for number, made in enumerate(simulator.calls()):
        call = Call(number, str(made["operation"]), str(made["captureRequestId"] or made["paymentRequestId"]))
        found.setdefault(call.request_id.rpartition("-")[0], []).append(call)
    return found


async def violations(lives: Sequence[Life], simulator: Simulator) -> Mapping[str, list[Violation]]:
    """What the ledger says against these payments, by payment reference."""
    payments = [
        FinalPayment(_plan(life), life.payment, await life.is_running(), True, life.now) for life in lives
    ]
    ledger = Ledger.model_validate(simulator.ledger())
    record = RunRecord(payments=payments, ledger=ledger, calls=[], attacks=[], notifications=[])
    found: dict[str, list[Violation]] = {}
    for violation in find_violations(record):
        found.setdefault(violation.reference, []).append(violation)
    return found


def _plan(life: Life) -> Plan:
    """The payment in the words of the judge."""
    flow = life.cell.flow
    return Plan(
        reference=life.reference,
        kind=Kind.CARD_MANUAL,
        value=WHOLE,
        is_manual=not flow.is_automatic,
        is_three_ds=flow.is_three_ds,
        complete_within=840,
        retry_window=900,
        buyer_after=0,
        parts=flow.parts,
        ending=_ENDINGS[flow.merchant],
        habits=frozenset(),
        faults=(*flow.before, *life.cell.faults),
        attacks=(),
        random_seed="",
    )


def is_vacuous(seen: Observation) -> bool:
    """Whether a fault of the cell, or of what its flow begins with, has not struck as it should."""
    if seen.cell.course is Course.NONE:
        return not seen.is_prepared
    is_lasting = seen.cell.course is Course.LASTING
    return any(times < 1 if is_lasting else times != 1 for times in seen.struck)
