"""The text of docs/failure-modes.md: one section per flow, one table per call and fault pattern."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from tests.system.failure_modes.cases.cells import FaultPattern
from tests.system.failure_modes.cases.fault_kinds import loses_response
from tests.system.failure_modes.cases.flow import Flow, Point
from tests.system.failure_modes.cases.flows import FLOWS
from tests.system.failure_modes.page.descriptions import Outcome, outcome, story
from tests.system.failure_modes.runs.observations import Observation
from tools.chaos.faults.gateway_faults import GatewayFault
from tools.checks.generated import ROOT

PAGE = ROOT / "docs" / "failure-modes.md"
WRITE = "WRITE_FAILURE_MODES"
"""The environment variable with which a run writes the page before it compares it."""
LOST = "*no valid response*"
"""Stands for all faults of a call that leave no valid response."""
_RESULT = ["calls", "transitions", "final status", "money"]
_HEADS = {
    FaultPattern.ONCE: ["fault", *_RESULT],
    FaultPattern.TWICE: ["first fault", "second fault", *_RESULT],
    FaultPattern.LASTING: [
        "lasting fault",
        "calls during the fault",
        "status after a day",
        "money then",
        "calls after the fault",
        *_RESULT[1:],
    ],
}

K = TypeVar("K", bound=Hashable)
Row = tuple[str, ...]
"""The cells of a line; the first ones are the names of the faults."""


def section(flow: Flow, observations: Sequence[Observation]) -> str:
    """Returns the section of one flow; the first observation is the payment without a fault."""
    without_fault, *with_faults = observations
    lines = heading(flow, without_fault)
    for point in flow.points:
        for pattern, head in _HEADS.items():
            seen = [each for each in with_faults if (each.cell.point, each.cell.pattern) == (point, pattern)]
            if seen:
                lines += [f"**{caption(point, pattern)}**", "", *_table(head, rows(pattern, seen)), ""]
    return "\n".join(lines)


def heading(flow: Flow, without_fault: Observation) -> list[str]:
    """Returns the lines of a section before its tables."""
    return [f"## {flow.title}", "", flow.story, "", story(without_fault), "", *_elsewhere(flow)]


def caption(point: Point, pattern: FaultPattern) -> str:
    """Returns the caption of a table."""
    call = {"any": "", "notification": "", "automaticCapture": "the gateway's own capture"}
    what = ", ".join(part for part in (call.get(point.on, f"`{point.on}`"), point.place) if part)
    return f"{what}: {pattern}"


def rows(pattern: FaultPattern, seen: Sequence[Observation]) -> Iterator[Row]:
    """Yields the rows of a table; faults with the same outcome share a row."""
    if pattern is FaultPattern.TWICE:
        yield from _rows_of_pairs(seen)
        return
    for result, kinds in _grouped((each.cell.kinds[0], outcome(each)) for each in seen):
        yield (_names(kinds, [each.cell.kinds[0] for each in seen]), *result)


def _rows_of_pairs(seen: Sequence[Observation]) -> Iterator[Row]:
    """Yields the rows for pairs; first faults with equal outcomes for all second faults share rows."""
    by_first: dict[GatewayFault, list[tuple[GatewayFault, Outcome]]] = {}
    for each in seen:
        first, second = each.cell.kinds
        by_first.setdefault(first, []).append((second, outcome(each)))
    for pairs, firsts in _grouped((first, tuple(pairs)) for first, pairs in by_first.items()):
        for result, seconds in _grouped(pairs):
            yield (_names(firsts, by_first), _names(seconds, [second for second, _ in pairs]), *result)


def _names(kinds: Sequence[GatewayFault], among: Iterable[GatewayFault]) -> str:
    """Returns the names of the kinds, with one name for all that lose the response where none is missing."""
    lost = [kind for kind in among if loses_response(kind)]
    if len(lost) > 1 and all(kind in kinds for kind in lost):
        return " · ".join([LOST, *(name_of(kind) for kind in kinds if kind not in lost)])
    return " · ".join(name_of(kind) for kind in kinds)


def name_of(kind: GatewayFault) -> str:
    """Returns the name of a kind on the page."""
    return f"`{kind.fault}` {kind.code}" if kind.code else f"`{kind.fault}`"


def _elsewhere(flow: Flow) -> list[str]:
    """Returns a line that links the calls whose tables are in another flow."""
    if not flow.elsewhere:
        return []
    titles = {other.name: other.title for other in FLOWS}
    calls: dict[str, list[str]] = {}
    for (call, nth), name in flow.elsewhere.items():
        calls.setdefault(titles[name], []).append(_ordinal(call, nth, flow))
    links = (f"{', '.join(found)} in [{title}](#{_anchor(title)})" for title, found in calls.items())
    return [f"Other calls of this flow: {'; '.join(links)}.", ""]


def _ordinal(call: str, nth: int, flow: Flow) -> str:
    return f"`{call}` {nth}" if flow.calls.count(call) > 1 else f"`{call}`"


def _anchor(title: str) -> str:
    """Returns the fragment that GitHub makes from a heading."""
    return "".join(c for c in title.lower() if c.isalnum() or c in "_- ").replace(" ", "-")


def _grouped(pairs: Iterable[tuple[GatewayFault, K]]) -> Iterator[tuple[K, list[GatewayFault]]]:
    found: dict[K, list[GatewayFault]] = {}
    for kind, key in pairs:
        found.setdefault(key, []).append(kind)
    yield from found.items()


def _table(head: Sequence[str], body: Iterable[Row]) -> list[str]:
    return [_line(head), "|" + "---|" * len(head), *map(_line, body)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
