"""The beginning of docs/failure-modes.md: what the tables show, and how to read them."""

from collections.abc import Mapping

from simulator.faults import ALLOWED
from tests.system.failure_modes.cases.cells import every_cell
from tests.system.failure_modes.cases.fault_kinds import (
    DESCRIPTIONS,
    RESPONSE_TIMEOUT,
    all_kinds_of,
    loses_response,
)
from tests.system.failure_modes.page.page import LOST, name_of
from tests.system.failure_modes.runs.limits import LIMITS

_TARGETS: Mapping[str, str] = {
    "any": "calls",
    "inquiryPayment": "inquiries",
    "capture": "captures",
    "notification": "notifications",
    "automaticCapture": "the gateway's own capture",
}


def preface() -> str:
    """Returns the text before the first table."""
    faults = " · ".join(name_of(kind) for kind in all_kinds_of("any") if loses_response(kind))
    columns = "\n".join(f"| {name} | {meaning} |" for name, meaning in _COLUMNS.items())
    payments = f"{len(every_cell()):,}"
    head = _HEAD.format(
        payments=payments, lost=LOST, faults=faults, timeout=RESPONSE_TIMEOUT, columns=columns
    )
    lines = [head, "| fault | applies to | meaning |", "|---|---|---|"]
    lines += [f"| `{fault}` | {_targets_of(fault)} | {meaning} |" for fault, meaning in DESCRIPTIONS.items()]
    lines += ["", "### Known limits", "", _LIMITS, ""]
    lines += [f"- {limit.situation} {limit.why}" for limit in LIMITS]
    return "\n".join([*lines, "", ""])


def _targets_of(fault: str) -> str:
    return ", ".join(title for on, title in _TARGETS.items() if fault in ALLOWED[on] and _is_own(on, fault))


def _is_own(on: str, fault: str) -> bool:
    """Returns whether the target is named; a fault of every call is named once, for all calls."""
    return on not in ("inquiryPayment", "capture") or fault not in ALLOWED["any"]


_COLUMNS = {
    "fault": "the faults of the call or notification, by the names below",
    "calls": "the calls that Holdfast made from the fault on. *Again* is always under the same id and with "
    "the same "
    "body. A call that is made more than four times, or alternates with other calls for hours, is made "
    "*repeatedly*",
    "transitions": "the edges of the [state graph](states.md) that the payment took from its beginning, "
    "each with "
    "the source of its evidence: the response to the call, a notification, an inquiry, the confirmed "
    "cancel, or "
    "time. Transitions that the merchant requested are left out",
    "final status": "the status when the payment has ended, or when no party had anything to do for a day, "
    "and why "
    "a person must look at it",
    "money": "where the ledger has the money",
}
_HEAD = """\
# Failure modes: what Holdfast does, and where the money is

`make failure-modes` writes this page from {payments} real payments; do not edit it. `make test` makes one
payment for each row again, and fails when its outcome is not the one on this page.

Each payment of EUR 300.00 went through a Temporal server, the worker, the webhook and the gateway simulator
of this repository. In each payment one call or one notification had one fault, two consecutive faults, or a
lasting fault, and everything else was without a fault. The tables are complete: they contain every gateway
call of every flow, and every fault that the simulator has for it. Payments with the same outcome share a
row.

The simulator keeps a ledger, which decides whether a payment is correct. For every payment the run checks
that no two authorizations of one order were ever live at the same time, that no more was captured than
authorized and no part twice, that a payment that has ended agrees with the ledger and leaves no
authorization, and that an open payment names the reason for which it is open. The run also checks that the
fault was applied.

## How to read it

| column | meaning |
|---|---|
{columns}

Where a fault lasts, the first columns show the payment a day later, and the other columns show it after the
end of the fault. What the gateway does late it does ten minutes late. Time is skipped; the client waits
{timeout:g} seconds for a response instead of 15. The merchant captures once, and then makes no further call
for a payment that is still authorized.

{lost} stands for all of these: {faults}. Where a fault lasts, or two faults are consecutive, a fault with
several result codes has one of them.

### The faults
"""
_LIMITS = (
    "In these situations Holdfast and the ledger differ, because the gateway does not do what it reports:"
)
