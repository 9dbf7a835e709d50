"""Writes the state diagram from the transition table that the code runs on.

`python -m tools.checks.diagram` writes `docs/states.md` and the block of README.md between its `states`
markers.
`python -m tools.checks.diagram --check` exits with status 1 and names the files that are not current.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from holdfast.payment_event import Event
from holdfast.statuses.payment_status import FINAL, PaymentStatus
from settlement.transitions import EDGES
from tools.checks.generated import ROOT, main

Graph = Mapping[PaymentStatus, Mapping[Event, PaymentStatus]]

OPENING: Final = "<!-- states -->"
CLOSING: Final = "<!-- /states -->"
START: Final = PaymentStatus.AUTHORIZING
_COMMON: Final = frozenset(
    {
        Event.BUYER_NEEDED,
        Event.IN_PROCESS,
        Event.AUTHORIZED,
        Event.DECLINED,
        Event.RETRY_REQUESTED,
        Event.RETRY_WINDOW_CLOSED,
        Event.CAPTURE_REQUESTED,
        Event.CAPTURED,
        Event.CANCEL_REQUESTED,
        Event.DEADLINE_PASSED,
        Event.CANCEL_CONFIRMED,
        Event.EXPIRY_CONFIRMED,
    }
)
_HEAD: Final = """\
# The states of a payment

`python -m tools.checks.diagram` writes this page from `settlement/transitions.py`; do not edit it.

[guide.md](guide.md#statuses) says what each status means for a merchant. A payment whose status is final has
ended, with one exception: a capture that the gateway reverses moves `CAPTURED` to `NEEDS_REVIEW` when the
workflow of the payment has not ended yet.
"""


def common_transitions() -> Graph:
    """Returns the transitions that most payments take, for the diagram of the README."""
    return {
        source: {event: to for event, to in edges.items() if event in _COMMON and to is not source}
        for source, edges in EDGES.items()
        if source not in {PaymentStatus.NEEDS_REVIEW, PaymentStatus.PARTIALLY_CAPTURED}
    }


def diagram(graph: Graph = EDGES) -> str:
    """Returns the graph as a Mermaid diagram; events between the same two statuses share an arrow."""
    lines = ["stateDiagram-v2", f"    [*] --> {START}"]
    reached = {to for edges in graph.values() for to in edges.values()}
    for source, edges in graph.items():
        for target, events in _by_target(edges).items():
            lines.append(f"    {source} --> {target}: {', '.join(events)}")
        if source in FINAL and source in reached:
            lines.append(f"    {source} --> [*]")
    return "\n".join(["```mermaid", *lines, "```", ""])


def table() -> str:
    """Returns a table with one line per transition, final statuses in bold."""
    lines = ["| from | event | to |", "|---|---|---|"]
    for source, edges in EDGES.items():
        lines += [f"| {_shown(source)} | `{event}` | {_shown(to)} |" for event, to in edges.items()]
        if not edges:
            lines.append(f"| {_shown(source)} | | |")
    return "\n".join([*lines, "", "Final statuses are in **bold**.", ""])


def states_page() -> str:
    """Returns the text of `docs/states.md`."""
    return "\n".join([_HEAD, diagram(), table()])


def with_diagram(text: str) -> str:
    """Returns the text with a current diagram between its markers; unchanged when it has none.

    Raises ValueError when one of the two markers is missing, or they are in the wrong order.
    """
    if OPENING not in text and CLOSING not in text:
        return text
    before, opening, rest = text.partition(OPENING)
    _, closing, after = rest.partition(CLOSING)
    if not opening or not closing:
        raise ValueError(f"needs {OPENING} before {CLOSING}")
    return f"{before}{OPENING}\n{diagram(common_transitions())}{CLOSING}{after}"


def run(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Writes or checks the diagrams under a folder. Returns the exit status."""
    files = {root / "docs" / "states.md": states_page()}
    readme = root / "README.md"
    if readme.is_file():
        try:
            files[readme] = with_diagram(readme.read_bytes().decode("utf-8"))
        except ValueError as error:
            sys.stderr.write(f"README.md {error}\n")
            return 1
    return main(arguments, files, "tools.checks.diagram")


def _by_target(edges: Mapping[Event, PaymentStatus]) -> Mapping[PaymentStatus, list[Event]]:
    grouped: dict[PaymentStatus, list[Event]] = {}
    for event, to in edges.items():
        grouped.setdefault(to, []).append(event)
    return grouped


def _shown(status: PaymentStatus) -> str:
    return f"**`{status}`**" if status in FINAL else f"`{status}`"


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
