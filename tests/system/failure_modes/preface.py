"""The beginning of docs/failure-modes.md: what the tables are, and how to read them."""

from collections.abc import Mapping

from simulator.faults import ALLOWED
from tests.system.failure_modes.cells import every_cell
from tests.system.failure_modes.kinds import DESCRIPTIONS, PATIENCE, is_lost, kinds_of
from tests.system.failure_modes.limits import LIMITS
from tests.system.failure_modes.page import LOST, name_of

_TITLES: Mapping[str, str] = {
    "any": "calls",
    "inquiryPayment": "inquiries",
    "capture": "captures",
    "notification": "notifications",
    "automaticCapture": "the gateway's own capture",
}


def preface() -> str:
    """Everything before the first table."""
    lost = " · ".join(name_of(kind) for kind in kinds_of("any") if is_lost(kind))
    columns = "\n".join(f"| {name} | {what} |" for name, what in _COLUMNS.items())
    payments = f"{len(every_cell()):,}"
    head = _HEAD.format(payments=payments, lost=LOST, faults=lost, patience=PATIENCE, columns=columns)
    lines = [head, "| fault | of | what it is |", "|---|---|---|"]
    lines += [f"| `{fault}` | {_whose(fault)} | {what} |" for fault, what in DESCRIPTIONS.items()]
    lines += ["", "### What nobody can know", "", _LIMITS, ""]
    lines += [f"- {limit.situation} {limit.why}" for limit in LIMITS]
    return "\n".join([*lines, "", ""])


def _whose(fault: str) -> str:
    return ", ".join(title for on, title in _TITLES.items() if fault in ALLOWED[on] and _is_own(on, fault))


def _is_own(on: str, fault: str) -> bool:
    """Whether it is worth telling: what every call can meet is told once."""
    return on not in ("inquiryPayment", "capture") or fault not in ALLOWED["any"]


_COLUMNS = {
    "what goes wrong": "the faults that the call or notification met, by the names below",
    "Holdfast": "what it called from then on. *Again* is always under the same id and with the same body; "
    "what is called more than four times, or in turn with other calls for hours, is called *again and again*",
    "what moved it": "the edges of the [state graph](states.md) that the payment took from its beginning, "
    "and who said so: the answer to the call, a notification, an inquiry, the confirmed cancel, or time. "
    "What the merchant asked for is left out",
    "ends as": "the status when the payment has ended, or when it has been nobody's turn for a day, and why "
    "a person must look",
    "the money": "where the ledger has it",
}
_HEAD = """\
# When something goes wrong: what Holdfast does, and where the money is

Made by `make failure-modes` from {payments} payments that were really made; do not edit. `make test` makes
one for each row again, and fails when this page does not say what it saw.

Each payment of EUR 300.00 went through a Temporal server, the worker, the webhook and the gateway simulator
of this repository. In each, one call or one notification met one fault, or two in a row, or one that lasted,
and everything else went well. The tables go through it all: every gateway call of every flow, and every fault
that the simulator knows for it. Payments that fared alike share a row.

The simulator keeps a ledger, and the ledger is the judge. Of every payment it must be true that no two
authorizations of one order were ever live together, that no more was captured than authorized and no part
twice, that a payment that has ended agrees with the ledger and leaves no hold, and that an open one is open
for a reason that it names itself. It must also be true that the fault has struck.

## How to read it

| column | says |
|---|---|
{columns}

Where a fault lasts, the first columns say how the payment stands a day later, and the others what became of
it when the fault was over. What the gateway does late it does ten minutes late. Time is skipped; the client
waits {patience:g} seconds for an answer instead of 15. The merchant captures once, and then leaves alone a
payment that is still authorized.

{lost} stands for all of these: {faults}. Where a fault lasts, or two meet, a fault with several result codes
comes with one of them.

### The faults
"""
_LIMITS = "Here the ledger and Holdfast part, because what the gateway says is not what it does:"
