"""Every fault of a call, of a notification and of the gateway's own capture that the simulator can inject.

The list is complete: it contains each fault of the simulator and, where a fault needs a result code, each
advice of `holdfast.antom.codes`, each code for which Holdfast has its own rule, and an undocumented code.
"""

from collections.abc import Mapping

from holdfast.antom.codes import CAPTURE_IN_PROCESS, PAYMENT_IN_PROCESS
from simulator.faults import ALLOWED
from simulator.gateway import NOT_DONE
from tools.chaos.faults.gateway_faults import GatewayFault

RESPONSE_TIMEOUT = 3.0
"""Seconds for which the client of this run waits for a response."""
PAST_TIMEOUT = RESPONSE_TIMEOUT + 3
"""Seconds; longer than the pause before the repeat, so that a late response comes after it."""
LEAD = 1.5
"""Seconds by which an early notification precedes the response."""
LATE = 600.0
"""Seconds until the gateway does what it does late; longer than any payment of this run takes."""
UNDOCUMENTED = "UNDOCUMENTED_CODE"

DESCRIPTIONS: Mapping[str, str] = {
    "drop_before": "the gateway does not act, and the connection is closed",
    "http_500": "the gateway does not act, and responds with HTTP 500",
    "code_u": "the gateway does not act, and responds with U: the outcome is unknown or in process",
    "code_f": "the gateway does not act, and responds with F",
    "act_and_drop": "the gateway acts, and the connection is closed",
    "act_and_500": "the gateway acts, and responds with HTTP 500",
    "act_and_code_u": "the gateway acts, and responds with U",
    "garbage": "the gateway acts, and the response is not JSON",
    "truncated": "the gateway acts, and the response is cut off in the middle",
    "unsigned": "the gateway acts, and the response has no signature",
    "bad_signature": "the gateway acts, and the response has a wrong signature",
    "wrong_amount": "the gateway acts, and its response or notification carries another amount, under a "
    "valid "
    "signature",
    "stale_time": "the gateway acts, and the response has a time of one hour ago, under a valid signature",
    "replayed": "the gateway does not act, and the response is an earlier signed one to the same operation",
    "act_and_replayed": "the gateway acts, and the response is an earlier signed one to the same operation",
    "delay": "the gateway acts, or notifies, after the caller has stopped waiting",
    "act_and_delay": "the gateway acts, and the response comes after the caller has stopped waiting",
    "without_captures": "an inquiry that lags behind: its response lists no capture",
    "in_process": "the gateway accepts a capture and decides it later",
    "taken_back": "the gateway confirms a capture, and reverses it later",
    "none": "the notification or the capture never comes",
    "duplicate": "the notification comes twice",
    "reorder": "the PAYMENT_RESULT comes after the CAPTURE_RESULT",
    "overtakes": "the notification comes before the response to the call that caused it",
    "forged": "a false notification with a wrong signature comes first, then the genuine one",
}
"""The text of the page for each fault of the simulator."""

_PAST_TIMEOUT_FAULTS = frozenset({"delay", "act_and_delay"})
_LATE_FAULTS = frozenset({"delay", "reorder", "in_process", "taken_back"})
_LASTING_LOSSES = ("act_and_drop", "drop_before")
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


def all_kinds_of(on: str) -> tuple[GatewayFault, ...]:
    """Returns every fault of this call, notification or capture, with every result code."""
    return tuple(kind for fault in sorted(ALLOWED[on]) for kind in _kinds(on, fault))


def one_kind_per_fault_of(on: str) -> tuple[GatewayFault, ...]:
    """Returns every fault with one result code, for flows and pairs in which it is not the first fault."""
    return tuple(_kinds(on, fault)[0] for fault in sorted(ALLOWED[on]))


def lasting_kinds_of(on: str) -> tuple[GatewayFault, ...]:
    """Returns the faults that are injected without an end: each fault with a valid response, once.

    Holdfast reacts to all faults that lose the response in the same way. Two stand for them: one on which the
    gateway acts, and one on which it does not.
    """
    lost = [kind for kind in all_kinds_of(on) if kind.fault in _LASTING_LOSSES]
    answers = {kind.fault: kind for kind in reversed(all_kinds_of(on)) if not loses_response(kind)}
    return (*lost, *reversed(answers.values()))


def acts(kind: GatewayFault) -> bool:
    """Returns whether the gateway acts on a call with this fault."""
    return kind.fault not in NOT_DONE


def loses_response(kind: GatewayFault) -> bool:
    """Returns whether a call with this fault has no valid response, so that Holdfast repeats it."""
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
    if fault in _PAST_TIMEOUT_FAULTS and not is_of_the_gateway:
        return PAST_TIMEOUT
    return LATE if fault in _LATE_FAULTS else 0.0
