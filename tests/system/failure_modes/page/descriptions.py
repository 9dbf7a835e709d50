"""The text for an observation: calls, transitions and their sources, final status, and money."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from holdfast import Payment
from holdfast.evidence import Source
from holdfast.payment import AuditEvent
from simulator.faults import CALLS
from tests.system.failure_modes.runs.observations import Call, Observation, State

_MOST = 4
"""A call that is made more often than this is described as made repeatedly."""
_MANY = _MOST + 1
_LONG = 6
"""The number of changes between calls above which each call is described once, at its first use."""
_SOURCES = {
    Source.PAY_RESPONSE: "response",
    Source.CAPTURE_RESPONSE: "response",
    Source.NOTIFICATION: "notification",
    Source.INQUIRY: "inquiry",
    Source.CANCEL: "cancel",
    Source.CLOCK: "time",
}
_THIRD_PERSON = {"capture": "captures", "cancel": "cancels"}
_CHANGING = re.compile(r"(?<=AUTO)\d+|\d{4}-\d\d-\d\d \d\d:\d\d")


Outcome = tuple[str, ...]
"""The cells of a row after the names of its faults."""


def outcome(seen: Observation) -> Outcome:
    """Returns the outcome of an observation, from the point of the fault on.

    The outcome holds the calls that Holdfast made, the transitions, the final status, and the money. Where a
    fault lasted, the calls during the fault, the status and the money at that time come first.
    """
    point, phrases = seen.cell.point, list(_phrases(seen.calls))
    begins = 0 if point is None else point.after + (point.on in (*CALLS, "any"))
    end = transitions(seen.end.payment), final_status(seen.end.payment), money(seen.end)
    if seen.interim is None:
        return (_phrase(phrases[begins:]), *end)
    cleared = sum(call.number < seen.interim.before for call in seen.calls)
    interim = _phrase(phrases[begins:cleared]), final_status(seen.interim.payment), money(seen.interim)
    return (*interim, _phrase(phrases[cleared:]), *end)


def story(without_fault: Observation) -> str:
    """Returns a sentence about the payment without a fault."""
    calls, moves, status, where = outcome(without_fault)
    return f"Without a further fault, Holdfast {calls}. {moves}: {status}, {where}."


def transitions(payment: Payment) -> str:
    """Returns the transitions and their sources, without those that the merchant requested."""
    moves = [f"`{line.event}` ({_SOURCES[line.source]})" for line in payment.events if _is_shown(line)]
    return ", ".join(_shortened([move for move, _ in groupby(moves)])) or "none"


def final_status(payment: Payment) -> str:
    """Returns the status, and why a person must look at the payment."""
    if payment.review is None:
        return f"`{payment.status}`"
    reason = _CHANGING.sub("…", payment.review.reason.replace(payment.paymentReference, "…"))
    return f"`{payment.status}`, review: {reason}"


def money(state: State) -> str:
    """Returns where the ledger has the money."""
    parts = [(state.captured, "captured"), (state.held, "held")]
    return (
        ", ".join(f"{_amount(value)} {what}" for value, what in parts if value) or "nothing captured or held"
    )


def _amount(value: int) -> str:
    return f"EUR {value // 100}.{value % 100:02}"


def _phrases(calls: Sequence[Call]) -> Iterator[str]:
    """Yields a phrase for each call; `again` means under an id that was sent before."""
    sent: set[tuple[str, str]] = set()
    current = ""
    for call in calls:
        is_known = (call.operation, call.request_id) in sent
        sent.add((call.operation, call.request_id))
        if call.operation == "inquiryPayment":
            yield "inquires" if call.request_id == current else "inquires about the former attempt"
        elif call.operation == "pay":
            yield "pays again" if is_known else "pays under a new id" if current else "pays"
            current = call.request_id
        else:
            yield f"{_THIRD_PERSON[call.operation]} again" if is_known else _THIRD_PERSON[call.operation]


def _phrase(phrases: Sequence[str]) -> str:
    """Returns the phrases in their order; of a long sequence, each phrase once, at its first use."""
    runs = [(phrase, sum(1 for _ in same)) for phrase, same in groupby(phrases)]
    if len(runs) > _LONG:
        runs = [(phrase, _MANY if phrases.count(phrase) > 1 else 1) for phrase in dict.fromkeys(phrases)]
    return "; ".join(_counted(phrase, times) for phrase, times in runs) or "makes no further call"


def _counted(phrase: str, times: int) -> str:
    if times > _MOST:
        return f"{phrase} repeatedly"
    return f"{phrase} ×{times}" if times > 1 else phrase


def _shortened(words: Sequence[str]) -> list[str]:
    """Returns the words with each repeated sequence once, without the rest of an unfinished repetition."""
    for start in range(len(words)):
        for size in range(2, (len(words) - start) // 2 + 1):
            sequence = list(words[start : start + size])
            times = 1
            while list(words[start + times * size : start + (times + 1) * size]) == sequence:
                times += 1
            if times > 1:
                rest = list(words[start + times * size :])
                is_unfinished = rest == sequence[: len(rest)]
                return [*words[:start], *sequence, "and so on", *([] if is_unfinished else _shortened(rest))]
    return list(words)


def _is_shown(line: AuditEvent) -> bool:
    return line.event is not None and line.source in _SOURCES
