"""An observation in words: what Holdfast called, who decided, how it ended, where the money is."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from holdfast import Payment
from holdfast.evidence import Source
from holdfast.payment import AuditEvent
from simulator.faults import CALLS
from tests.system.failure_modes.observations import Call, Observation, State

_MOST = 4
"""A call that is made more often than this is made again and again."""
_MANY = _MOST + 1
_LONG = 6
"""Changes from one call to another; a row with more of them goes to and fro between few."""
_WHO = {
    Source.PAY_RESPONSE: "answer",
    Source.CAPTURE_RESPONSE: "answer",
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
    """What the observation comes to, from the point on where something went wrong.

    The calls that Holdfast made, what moved the payment, how it ended, and the money. Before that, where a
    fault lasted: the calls made meanwhile, the status, and the money.
    """
    point, verbs = seen.cell.point, list(_verbs(seen.calls))
    begins = 0 if point is None else point.after + (point.on in (*CALLS, "any"))
    end = decided(seen.end.payment), ends(seen.end.payment), money(seen.end)
    if seen.interim is None:
        return (_told(verbs[begins:]), *end)
    healed = sum(call.number < seen.interim.before for call in seen.calls)
    meanwhile = _told(verbs[begins:healed]), ends(seen.interim.payment), money(seen.interim)
    return (*meanwhile, _told(verbs[healed:]), *end)


def story(undisturbed: Observation) -> str:
    """The undisturbed payment in a sentence."""
    calls, moves, status, where = outcome(undisturbed)
    return f"When nothing else goes wrong, Holdfast {calls}. {moves}: {status}, {where}."


def decided(payment: Payment) -> str:
    """What moved the payment, and who said so; what the merchant asked for is left out."""
    moves = [f"`{line.event}` ({_WHO[line.source]})" for line in payment.events if _is_told(line)]
    return ", ".join(_shortened([move for move, _ in groupby(moves)])) or "nothing"


def ends(payment: Payment) -> str:
    """The status, and why a person must look."""
    if payment.review is None:
        return f"`{payment.status}`"
    reason = _CHANGING.sub("…", payment.review.reason.replace(payment.paymentReference, "…"))
    return f"`{payment.status}`, review: {reason}"


def money(state: State) -> str:
    """Where the ledger has it."""
    parts = [(state.taken, "taken"), (state.held, "held")]
    return ", ".join(f"{_amount(value)} {what}" for value, what in parts if value) or "nothing taken or held"


def _amount(value: int) -> str:
    return f"EUR {value // 100}.{value % 100:02}"


def _verbs(calls: Sequence[Call]) -> Iterator[str]:
    """Each call in a word; again means under an id that was sent before."""
    sent: set[tuple[str, str]] = set()
    current = ""
    for call in calls:
        is_known = (call.operation, call.request_id) in sent
        sent.add((call.operation, call.request_id))
        if call.operation == "inquiryPayment":
            yield "asks" if call.request_id == current else "asks about the former attempt"
        elif call.operation == "pay":
            yield "pays again" if is_known else "pays under a new id" if current else "pays"
            current = call.request_id
        else:
            yield f"{_THIRD_PERSON[call.operation]} again" if is_known else _THIRD_PERSON[call.operation]


def _told(verbs: Sequence[str]) -> str:
    """The verbs in a row; of a long row, each only where it comes first."""
    runs = [(verb, sum(1 for _ in same)) for verb, same in groupby(verbs)]
    if len(runs) > _LONG:
        runs = [(verb, _MANY if verbs.count(verb) > 1 else 1) for verb in dict.fromkeys(verbs)]
    return "; ".join(_counted(verb, times) for verb, times in runs) or "nothing more"


def _counted(verb: str, times: int) -> str:
    if times > _MOST:
        return f"{verb} and again" if verb.endswith(" again") else f"{verb} again and again"
    return f"{verb} ×{times}" if times > 1 else verb


def _shortened(words: Sequence[str]) -> list[str]:
    """A round that is made more than once is told once; what is left of an unfinished one is not told."""
    for start in range(len(words)):
        for size in range(2, (len(words) - start) // 2 + 1):
            around = list(words[start : start + size])
            rounds = 1
            while list(words[start + rounds * size : start + (rounds + 1) * size]) == around:
                rounds += 1
            if rounds > 1:
                rest = list(words[start + rounds * size :])
                is_unfinished = rest == around[: len(rest)]
                return [*words[:start], *around, "and so on", *([] if is_unfinished else _shortened(rest))]
    return list(words)


def _is_told(line: AuditEvent) -> bool:
    return line.event is not None and line.source in _WHO
