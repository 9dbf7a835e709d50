"""The faults of the gateway for one payment: calls, responses, notifications, expiry, automatic capture."""

import random
from dataclasses import asdict, dataclass

from simulator.simulation import AUTHORIZATION

_UNKNOWN = (
    "drop_before",
    "act_and_drop",
    "http_500",
    "act_and_500",
    "garbage",
    "truncated",
    "unsigned",
    "bad_signature",
    "code_u",
    "act_and_code_u",
    "stale_time",
    "replayed",
    "act_and_replayed",
)
"""With these faults the response does not show what happened."""
_REPLAYS = ("replayed", "act_and_replayed")
_ABSENT = "ORDER_NOT_EXIST"
_TRAFFIC = "REQUEST_TRAFFIC_EXCEED_LIMIT"
UNDOCUMENTED_CODE = "CODE_OF_NO_TABLE"
_UNEXPLAINED = (UNDOCUMENTED_CODE, "PROCESS_FAIL", "SYSTEM_ERROR", "ACCESS_DENIED")
"""Codes that do not say what has become of the request."""
_FAILURES = {
    "pay": ("USER_BALANCE_NOT_ENOUGH", "DO_NOT_HONOR", "RISK_REJECT", *_UNEXPLAINED),
    "capture": ("USER_BALANCE_NOT_ENOUGH", *_UNEXPLAINED),
    "cancel": _UNEXPLAINED,
    "inquiryPayment": _UNEXPLAINED,
}
_FALSE_FAILURES = ("pay", "capture")
"""These calls may be processed although the answer is a failure with a code that explains nothing."""
_LOST = ("act_and_drop", "act_and_500", "act_and_code_u")
"""With these faults the call has an effect, and its answer does not show it."""
_CALLS = {"pay": 45, "inquiryPayment": 20, "capture": 25, "cancel": 10}
_FAULTS_PER_PAYMENT = {0: 30, 1: 35, 2: 25, 3: 10}
_NOTIFICATION_FAULTS = ("none", "duplicate", "delay", "reorder", "overtakes", "forged", "wrong_amount")
_MAX_SECONDS = {"delay": 45.0, "reorder": 45.0, "overtakes": 2.0}
_MAX_SECONDS_BRIEF = {"delay": 8.0, "reorder": 8.0, "overtakes": 2.0}
_EXPIRY_FAULTS = ("without_expiry", "earlier_expiry", "later_expiry", "expiry_before_payment")
_REPORTED_LIFETIME, _REPORTED_LIFETIME_BRIEF = (40.0, 120.0), (10.0, 20.0)
"""Seconds; how long an authorization lasts by a report of an earlier expiry."""
_MAX_DISTANCE = 86_400.0
"""Seconds between the true expiry, or the payment, and another time that is reported."""
_SLOW_PAY, _SLOW_PAY_BRIEF = 16.0, 4.0
"""Seconds; callers give up before that."""
BEYOND_CLIENT_TIMEOUT = 18.0
"""Seconds; the gateway client waits 15 for a response."""


@dataclass(frozen=True)
class GatewayFault:
    """One fault as the simulator injects it; `times` -1 means always."""

    on: str
    fault: str
    times: int = 1
    skip: int = 0
    code: str = ""
    seconds: float = 0.0

    def order(self, reference: str) -> dict[str, object]:
        """Returns the JSON that injects the fault for one payment alone."""
        return {**asdict(self), "match": reference}


def gateway_faults(rng: random.Random, *, is_manual: bool, brief: bool) -> tuple[GatewayFault, ...]:
    """Returns the faults of one payment. `brief` leaves out faults that take longer than a short run has."""
    number = rng.choices(list(_FAULTS_PER_PAYMENT), list(_FAULTS_PER_PAYMENT.values()))[0]
    faults = [_fault(rng, brief=brief) for _ in range(number)]
    if rng.random() < 0.08:
        faults[:0] = _lost_and_refused(rng)
    if not is_manual and rng.random() < 0.1:
        faults.append(_automatic_capture(rng, brief=brief))
    return tuple(faults)


def expiry_faults(rng: random.Random, *, may_expire: bool, brief: bool) -> tuple[GatewayFault, ...]:
    """Returns the faults of the expiry that the gateway reports for one payment.

    Where the authorization `may_expire`, a report can name a time during the run: the first one, or one that
    comes after reports of a later time or of none.
    """
    faults = []
    if rng.random() < 0.3:
        name = rng.choice(["without_expiry", "later_expiry"])
        faults.append(GatewayFault("pay", name, seconds=_MAX_DISTANCE))
    names = [name for name in _EXPIRY_FAULTS if may_expire or name != "earlier_expiry"]
    faults.append(_expiry(rng, rng.choice(names), brief=brief))
    return tuple(faults)


def slow_pay(rng: random.Random, *, brief: bool) -> GatewayFault:
    """Returns the fault of a pay call whose answer takes longer than callers wait."""
    seconds = _SLOW_PAY_BRIEF if brief else _SLOW_PAY
    return GatewayFault("pay", rng.choice(["delay", "act_and_delay"]), seconds=seconds)


def _expiry(rng: random.Random, name: str, *, brief: bool) -> GatewayFault:
    on = rng.choice(["pay", "inquiryPayment", "notification", "notification"])
    seconds = round(rng.uniform(0, _MAX_DISTANCE), 1)
    if name == "earlier_expiry":
        lifetime = rng.uniform(*(_REPORTED_LIFETIME_BRIEF if brief else _REPORTED_LIFETIME))
        seconds = round(AUTHORIZATION.total_seconds() - lifetime, 1)
    return GatewayFault(on, name, times=rng.choice([1, -1]), seconds=seconds)


def _lost_and_refused(rng: random.Random) -> tuple[GatewayFault, ...]:
    """Returns successes whose answers are lost, and the refusal of the call that repeats them."""
    on = rng.choice(["pay", "capture"])
    lost = GatewayFault(on, rng.choice(_LOST), times=rng.choice([1, 2, 3]))
    return (lost, GatewayFault(on, "code_f", code=rng.choice(_FAILURES[on])))


def _fault(rng: random.Random, *, brief: bool) -> GatewayFault:
    return _notification(rng, brief=brief) if rng.random() < 0.4 else _call(rng, brief=brief)


def _call(rng: random.Random, *, brief: bool) -> GatewayFault:
    on = rng.choices(list(_CALLS), list(_CALLS.values()))[0]
    drawn = rng.random()
    if drawn < 0.6:
        return _unknown(rng, on, brief=brief)
    if drawn < 0.7:
        return GatewayFault(on, "code_f", code=rng.choice(_FAILURES[on]))
    if drawn < 0.75 and on in _FALSE_FAILURES:
        return GatewayFault(on, "act_and_code_f", code=rng.choice(_UNEXPLAINED))
    if drawn < 0.8:
        return GatewayFault(on, "wrong_amount")
    slow = [0.5, 2.0] if brief else [0.5, 2.0, BEYOND_CLIENT_TIMEOUT]
    return GatewayFault(on, rng.choice(["delay", "act_and_delay"]), seconds=rng.choice(slow))


def _unknown(rng: random.Random, on: str, *, brief: bool) -> GatewayFault:
    fault, times = rng.choice(_UNKNOWN), rng.choice([1, 1, 2])
    # after a traffic limit a call is repeated only ten seconds later
    code = _TRAFFIC if fault == "code_u" and not brief and rng.random() < 0.5 else ""
    if fault in _REPLAYS and rng.random() < 0.5:
        code = _ABSENT
    if not brief and rng.random() < 0.08:
        times = 6
    return GatewayFault(on, fault, times=times, code=code)


def _notification(rng: random.Random, *, brief: bool) -> GatewayFault:
    fault = rng.choice(_NOTIFICATION_FAULTS)
    times = rng.choice([1, -1]) if fault in ("none", "duplicate") else 1
    max_seconds = _MAX_SECONDS_BRIEF if brief else _MAX_SECONDS
    seconds = round(rng.uniform(1, max_seconds[fault]), 1) if fault in max_seconds else 0.0
    return GatewayFault("notification", fault, times=times, seconds=seconds)


def _automatic_capture(rng: random.Random, *, brief: bool) -> GatewayFault:
    fault = rng.choice(["none", "delay", "code_f"])
    return GatewayFault("automaticCapture", fault, seconds=3.0 if brief else 20.0)
