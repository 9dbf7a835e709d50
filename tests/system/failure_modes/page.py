"""docs/failure-modes.md, made of observations: one section per flow, one table per call and course."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from tests.system.failure_modes.cells import Course
from tests.system.failure_modes.flow import Flow, Point
from tests.system.failure_modes.flows import FLOWS
from tests.system.failure_modes.kinds import is_lost
from tests.system.failure_modes.observations import Observation
from tests.system.failure_modes.words import Outcome, outcome, story
from tools.chaos.faults.gateway_faults import GatewayFault
from tools.checks.generated import ROOT

PAGE = ROOT / "docs" / "failure-modes.md"
WRITE = "WRITE_FAILURE_MODES"
"""The environment variable that makes a run write the page before it is compared."""
LOST = "*no believable answer*"
"""Stands for every fault of a call that leaves no answer that could be believed."""
_RESULT = ["Holdfast", "what moved it", "ends as", "the money"]
_HEADS = {
    Course.ONCE: ["what goes wrong", *_RESULT],
    Course.TWICE: ["first", "then", *_RESULT],
    Course.LASTING: ["what lasts", "Holdfast", "stands as", "the money", "when it is over", *_RESULT[1:]],
}

K = TypeVar("K", bound=Hashable)
Row = tuple[str, ...]
"""The cells of a line, the names of the faults first."""


def section(flow: Flow, observations: Sequence[Observation]) -> str:
    """The section of one flow; the first observation is the undisturbed one."""
    undisturbed, *disturbed = observations
    lines = heading(flow, undisturbed)
    for point in flow.points:
        for course, head in _HEADS.items():
            seen = [each for each in disturbed if (each.cell.point, each.cell.course) == (point, course)]
            if seen:
                lines += [f"**{caption(point, course)}**", "", *_table(head, rows(course, seen)), ""]
    return "\n".join(lines)


def heading(flow: Flow, undisturbed: Observation) -> list[str]:
    """The lines of a section before its tables."""
    return [f"## {flow.title}", "", flow.story, "", story(undisturbed), "", *_elsewhere(flow)]


def caption(point: Point, course: Course) -> str:
    """What a table is about."""
    call = {"any": "", "notification": "", "automaticCapture": "the gateway's own capture"}
    what = ", ".join(part for part in (call.get(point.on, f"`{point.on}`"), point.place) if part)
    return f"{what}: {course}"


def rows(course: Course, seen: Sequence[Observation]) -> Iterator[Row]:
    """Faults with the same outcome share a row."""
    if course is Course.TWICE:
        yield from _rows_of_pairs(seen)
        return
    for result, kinds in _grouped((each.cell.kinds[0], outcome(each)) for each in seen):
        yield (_names(kinds, [each.cell.kinds[0] for each in seen]), *result)


def _rows_of_pairs(seen: Sequence[Observation]) -> Iterator[Row]:
    """First faults that make no difference to any second one share their rows."""
    by_first: dict[GatewayFault, list[tuple[GatewayFault, Outcome]]] = {}
    for each in seen:
        first, second = each.cell.kinds
        by_first.setdefault(first, []).append((second, outcome(each)))
    for pairs, firsts in _grouped((first, tuple(pairs)) for first, pairs in by_first.items()):
        for result, seconds in _grouped(pairs):
            yield (_names(firsts, by_first), _names(seconds, [second for second, _ in pairs]), *result)


def _names(kinds: Sequence[GatewayFault], among: Iterable[GatewayFault]) -> str:
    """The kinds, with one name for all those that lose the answer where none of them is missing."""
    lost = [kind for kind in among if is_lost(kind)]
    if len(lost) > 1 and all(kind in kinds for kind in lost):
        return " · ".join([LOST, *(name_of(kind) for kind in kinds if kind not in lost)])
    return " · ".join(name_of(kind) for kind in kinds)


def name_of(kind: GatewayFault) -> str:
    """A kind as the page names it."""
    return f"`{kind.fault}` {kind.code}" if kind.code else f"`{kind.fault}`"


def _elsewhere(flow: Flow) -> list[str]:
    """Where calls are to be found that another flow has in the same situation."""
    if not flow.elsewhere:
        return []
    titles = {other.name: other.title for other in FLOWS}
    calls: dict[str, list[str]] = {}
    for (call, nth), name in flow.elsewhere.items():
        calls.setdefault(titles[name], []).append(_ordinal(call, nth, flow))
    told = (f"{', '.join(found)} in [{title}](#{_anchor(title)})" for title, found in calls.items())
    return [f"Its other calls: {'; '.join(told)}.", ""]


def _ordinal(call: str, nth: int, flow: Flow) -> str:
    return f"`{call}` {nth}" if flow.calls.count(call) > 1 else f"`{call}`"


def _anchor(title: str) -> str:
    """The fragment that GitHub makes of a heading."""
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
