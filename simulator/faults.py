"""Faults to order: what goes wrong, on which call, for which payment, how many times.

On pay, inquiryPayment, capture, cancel, or any of them; or on inquireNotificationList:

    drop_before, http_500, code_u, code_f       nothing is done; a failed request id stays failed
    act_and_drop, act_and_500, act_and_code_u   it is done, and the answer does not say so
    garbage, truncated                          it is done; the answer is no JSON, or is cut in the middle
    unsigned, bad_signature, wrong_amount       it is done; the answer has no, or a wrong, signature or amount
    delay, act_and_delay                        `seconds` pass before it is done, or after

On pay and inquiryPayment also indiscreet (it is done, and the answer repeats a card where none belongs; the
payment fares no otherwise). On inquiryPayment also without_captures (it lags behind: none is listed yet). On
capture also in_process (decided after `seconds`: with `code`, or successfully) and taken_back (a success that
is undone after `seconds`). On automaticCapture none, delay and code_f. On notification none, duplicate,
delay (`seconds`), reorder (CAPTURE_RESULT first), overtakes (it arrives `seconds` before the answer to the
call that caused it), forged (a lie with a wrong signature goes first) and wrong_amount. `code` replaces the
result code: UNKNOWN_EXCEPTION for U, PROCESS_FAIL for F.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

CALLS = ("pay", "inquiryPayment", "capture", "cancel")
NOTIFICATION_LIST = "inquireNotificationList"
CALL_FAULTS = frozenset(
    [
        "drop_before",
        "act_and_drop",
        "http_500",
        "act_and_500",
        "garbage",
        "unsigned",
        "bad_signature",
        "delay",
        "act_and_delay",
        "code_u",
        "code_f",
        "act_and_code_u",
        "truncated",
        "wrong_amount",
    ]
)
INQUIRY_FAULTS = CALL_FAULTS | {"without_captures"}
CAPTURE_FAULTS = CALL_FAULTS | {"in_process", "taken_back"}
NOTIFICATION_FAULTS = frozenset(
    ["none", "duplicate", "delay", "reorder", "overtakes", "forged", "wrong_amount"]
)
AUTOMATIC_CAPTURE_FAULTS = frozenset(["none", "delay", "code_f"])
ALLOWED: dict[str, frozenset[str]] = {
    **dict.fromkeys((*CALLS, "any"), CALL_FAULTS),
    "inquiryPayment": INQUIRY_FAULTS,
    NOTIFICATION_LIST: CALL_FAULTS,
    "capture": CAPTURE_FAULTS,
    "notification": NOTIFICATION_FAULTS,
    "automaticCapture": AUTOMATIC_CAPTURE_FAULTS,
}
WITHOUT_CONSEQUENCE: dict[str, frozenset[str]] = dict.fromkeys(
    ("pay", "inquiryPayment"), frozenset(["indiscreet"])
)
"""Faults that change nothing but what an answer says beside the point."""
MOST_SECONDS = 2_592_000
FIELDS = frozenset({"on", "fault", "times", "skip", "match", "code", "seconds"})


class FaultError(ValueError):
    """An order for a fault that cannot be filled; the message is one clear line."""


@dataclass
class Fault:
    """One ordered fault. `seconds` are unscaled, `times` -1 means always, `match` is a prefix.

    `skip` is how many calls that fit it still lets pass before it strikes.
    """

    on: str
    fault: str
    times: int = 1
    skip: int = 0
    match: str = ""
    code: str = ""
    seconds: float = 0.0
    used: int = 0

    @classmethod
    def parse(cls, order: object) -> "Fault":
        """Read an order; raises `FaultError` that names what is wrong."""
        if not isinstance(order, Mapping):
            raise FaultError("a fault is a JSON object")
        if unknown := sorted(str(name) for name in set(order) - FIELDS):
            raise FaultError(f"unknown field {unknown[0]}; known: {', '.join(sorted(FIELDS))}")
        on, name = _text(order, "on"), _text(order, "fault")
        if on not in ALLOWED:
            raise FaultError(f"on: one of {', '.join(ALLOWED)}")
        allowed = ALLOWED[on] | WITHOUT_CONSEQUENCE.get(on, frozenset())
        if name not in allowed:
            raise FaultError(f"fault: on {on} one of {', '.join(sorted(allowed))}")
        return cls(
            on=on,
            fault=name,
            times=_times(order),
            skip=_skip(order),
            match=_text(order, "match"),
            code=_text(order, "code"),
            seconds=_seconds(order),
        )

    def wire(self) -> dict[str, object]:
        """As GET /faults shows it."""
        return asdict(self)

    def fits(self, on: str, ids: Iterable[str]) -> bool:
        """Whether it strikes this call or notification, of these ids."""
        if self.times != -1 and self.used >= self.times:
            return False
        if on != self.on and not (self.on == "any" and on in CALLS):
            return False
        return not self.match or any(known.startswith(self.match) for known in ids)


def _text(order: Mapping[object, object], name: str) -> str:
    value = order.get(name, "")
    if not isinstance(value, str):
        raise FaultError(f"{name}: a string")
    return value


def _times(order: Mapping[object, object]) -> int:
    value = order.get("times", 1)
    if not isinstance(value, int) or isinstance(value, bool) or value < -1 or value == 0:
        raise FaultError("times: a whole number above 0, or -1 for always")
    return value


def _skip(order: Mapping[object, object]) -> int:
    value = order.get("skip", 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise FaultError("skip: a whole number, 0 or more")
    return value


def _seconds(order: Mapping[object, object]) -> float:
    value = order.get("seconds", 0)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= MOST_SECONDS:
        raise FaultError(f"seconds: 0 to {MOST_SECONDS}")
    return float(value)


class Faults:
    """The ordered faults, oldest first; a call or notification meets at most one."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Add a fault."""
        self._ordered.append(fault)

    def take(self, on: str, ids: Iterable[str]) -> Fault | None:
        """The first fault that fits, counted as used."""
        known = [name for name in ids if name]
        for fault in self._ordered:
            if not fault.fits(on, known):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.used += 1
            return fault
        return None

    def clear(self, match: str = "") -> None:
        """Forget all, or those that were ordered for this match."""
        self._ordered = [fault for fault in self._ordered if match and fault.match != match]

    def wire(self) -> list[dict[str, object]]:
        """All of them, used up ones included."""
        return [fault.wire() for fault in self._ordered]
