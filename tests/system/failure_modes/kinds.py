"""Every way in which a call, a notification or the gateway's own capture can go wrong in the simulator.

Nothing is picked: each fault of the simulator is in it, and where a fault needs a result code, each advice
of `holdfast.antom.codes`, each code that Holdfast treats in a way of its own, and an undocumented code.
"""

from collections.abc import Mapping

from holdfast.antom.codes import CAPTURE_IN_PROCESS, PAYMENT_IN_PROCESS
from simulator.faults import ALLOWED
from simulator.gateway import NOT_DONE
from tools.chaos.faults.gateway_faults import GatewayFault

PATIENCE = 3.0
"""Seconds that the client of this run waits for an answer."""
BEYOND_PATIENCE = PATIENCE + 3
"""Longer than the pause before the call is made again: what is late comes after the repeat."""
AHEAD = 1.5
"""Seconds by which a notification that is faster than an answer is ahead of it."""
LATER = 600.0
"""Seconds of the gateway until it does what it does late: longer than a payment of this run needs at most."""
UNDOCUMENTED = "A_CODE_OF_TOMORROW"

DESCRIPTIONS: Mapping[str, str] = {
    "drop_before": "nothing is done, and the connection is cut",
    "http_500": "nothing is done, and the answer is HTTP 500",
    "code_u": "nothing is done, and the answer is U: the gateway does not know, or is at it",
    "code_f": "nothing is done, and the answer is F",
    "act_and_drop": "it is done, and the connection is cut",
    "act_and_500": "it is done, and the answer is HTTP 500",
    "act_and_code_u": "it is done, and the answer is U",
    "garbage": "it is done, and the answer is no JSON",
    "truncated": "it is done, and the answer is cut off in the middle",
    "unsigned": "it is done, and the answer has no signature",
    "bad_signature": "it is done, and the answer has a wrong signature",
    "wrong_amount": "it is done, and what is said of it carries another amount, under a good signature",
    "delay": "it is done, or told, when nobody waits for it any more",
    "act_and_delay": "it is done, and the answer comes when nobody waits for it any more",
    "without_captures": "an inquiry that lags behind: it lists no capture",
    "in_process": "a capture that the gateway takes and decides later",
    "taken_back": "a capture that the gateway confirms, and undoes later",
    "none": "it never comes",
    "duplicate": "a notification that comes twice",
    "reorder": "a PAYMENT_RESULT that comes after the CAPTURE_RESULT",
    "overtakes": "a notification that comes before the answer to the call that caused it",
    "forged": "a lie with a wrong signature comes first, then the notification",
}
"""Each fault of the simulator, in the words of the page."""

_PATIENCE_ENDS = frozenset({"delay", "act_and_delay"})
_LATE = frozenset({"delay", "reorder", "in_process", "taken_back"})
_LOST_FOR_GOOD = ("act_and_drop", "drop_before")
_UNKNOWN = ("UNKNOWN_EXCEPTION", "REQUEST_TRAFFIC_EXCEED_LIMIT")
_FAILURES: Mapping[str, tuple[str, ...]] = {
    "pay": (
        "DO_NOT_HONOR",
        "RISK_REJECT",
        "PARAM_ILLEGAL",
        "ORDER_STATUS_INVALID",
        "ORDER_IS_CLOSED",
        "ORDER_NOT_EXIST",
        "SYSTEM_ERROR",
        UNDOCUMENTED,
    ),
    "inquiryPayment": ("ORDER_NOT_EXIST", "PROCESS_FAIL", "ACCESS_DENIED", "PARAM_ILLEGAL", UNDOCUMENTED),
    "capture": (
        "USER_BALANCE_NOT_ENOUGH",
        "AUTH_EXPIRED",
        "AUTH_CANCELLED",
        "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT",
        "ORDER_STATUS_INVALID",
        "SYSTEM_ERROR",
        UNDOCUMENTED,
    ),
    "cancel": (
        "CANCEL_WINDOW_EXCEED",
        "PARAM_ILLEGAL",
        "ORDER_NOT_EXIST",
        "ORDER_STATUS_INVALID",
        "PROCESS_FAIL",
        UNDOCUMENTED,
    ),
    "automaticCapture": ("USER_BALANCE_NOT_ENOUGH",),
    "any": ("PROCESS_FAIL",),
}


def kinds_of(on: str) -> tuple[GatewayFault, ...]:
    """What can go wrong once with this call, notification or capture."""
    return tuple(kind for fault in sorted(ALLOWED[on]) for kind in _kinds(on, fault))


def faults_of(on: str) -> tuple[GatewayFault, ...]:
    """The same with one result code for each fault, where it is not the first that goes wrong."""
    return tuple(_kinds(on, fault)[0] for fault in sorted(ALLOWED[on]))


def lasting_of(on: str) -> tuple[GatewayFault, ...]:
    """What can go wrong for as long as it lasts: each fault that is an answer, once.

    Those that lose the answer are all met in the same way: one of a call that is made, and one of a call that
    is not, stand for them.
    """
    lost = [kind for kind in kinds_of(on) if kind.fault in _LOST_FOR_GOOD]
    answers = {kind.fault: kind for kind in reversed(kinds_of(on)) if not is_lost(kind)}
    return (*lost, *reversed(answers.values()))


def acts(kind: GatewayFault) -> bool:
    """Whether the gateway does what it is asked for."""
    return kind.fault not in NOT_DONE


def is_lost(kind: GatewayFault) -> bool:
    """Whether a call that meets this has no answer that could be believed: it is sent again."""
    is_answer = kind.fault in ("code_f", "wrong_amount", "in_process", "taken_back", "without_captures")
    return not is_answer and not kind.code.endswith("IN_PROCESS")


def _kinds(on: str, fault: str) -> list[GatewayFault]:
    return [GatewayFault(on, fault, code=code, seconds=_seconds(on, fault)) for code in _codes(on, fault)]


def _codes(on: str, fault: str) -> tuple[str, ...]:
    if fault == "code_f":
        return _FAILURES[on]
    if fault in ("code_u", "act_and_code_u"):
        return (*_UNKNOWN, CAPTURE_IN_PROCESS if on == "capture" else PAYMENT_IN_PROCESS)
    if fault == "in_process":
        return ("", "USER_BALANCE_NOT_ENOUGH")
    return ("",)


def _seconds(on: str, fault: str) -> float:
    is_of_the_gateway = on in ("notification", "automaticCapture")
    if fault in _PATIENCE_ENDS and not is_of_the_gateway:
        return BEYOND_PATIENCE
    return LATER if fault in _LATE else 0.0
