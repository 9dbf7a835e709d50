"""Fault injection: which fault is injected into which calls or notifications, and how many times.

On pay, inquiryPayment, capture, cancel, or any of them; or on inquireNotificationList:

    drop_before, http_500, code_u, code_f       the call is not processed; a failed request id stays failed
    act_and_drop, act_and_500, act_and_code_u   it is processed, and the answer is lost or unknown
    garbage, truncated                          it is processed; the answer is not JSON, or ends in the middle
    unsigned, bad_signature, wrong_amount       it is processed; signature or amount is missing or wrong
    stale_time                                  it is processed; the signed answer is `seconds` (or 1 h) old
    replayed, act_and_replayed                  it is not processed, or it is; the answer is an old signed one
                                                to the same operation: with `code` the last with this code, of
                                                any payment; without `code` preferably of the same payment;
                                                where there is none, ORDER_NOT_EXIST, `seconds` (or 1 h) old
    delay, act_and_delay                        `seconds` pass before it is processed, or after; or less,
                                                where `FaultInjector.end_delays` ends the delay

On pay and capture also act_and_code_f (it is processed, and the answer is a failure with `code`).
On pay and inquiryPayment also indiscreet (the call is processed, and the answer has card data in further
fields). On inquiryPayment also without_captures (the answer lists no capture yet). On capture also in_process
(decided after `seconds`: with `code`, or successfully) and taken_back (a success that is reversed after
`seconds`). On automaticCapture none, delay and code_f. On riskReview processing (the
authorization is under a risk review, which is decided after `seconds` with `code`, ACCEPT or REJECT, and
notified; without a `code` it stays undecided). On notification none, duplicate, delay (`seconds`),
reorder (CAPTURE_RESULT first), overtakes (it arrives `seconds` before the answer to the call that caused it),
forged (the opposite result with a wrong signature is sent first) and wrong_amount. `code` replaces the result
code: UNKNOWN_EXCEPTION for U, PROCESS_FAIL for F.

On pay, inquiryPayment and notification also faults of the authExpiryTime, which change nothing else: the
authorization ends when it would end without them.

    without_expiry                  it is absent
    earlier_expiry, later_expiry    it is `seconds` before, or after, the end of the authorization
    expiry_before_payment           it is `seconds` before the paymentTime, or equal to it for 0
"""

import asyncio
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Literal, Self

from pydantic import Field, model_validator

from simulator.control.model import MAX_SECONDS, ControlModel, InvalidRequest, parse
from simulator.not_found import NotFound

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
        "stale_time",
        "replayed",
        "act_and_replayed",
    ]
)
REPLAYS = frozenset(["replayed", "act_and_replayed"])
"""Faults with which an old signed answer is sent again."""
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
CARD_DATA_FAULTS: dict[str, frozenset[str]] = dict.fromkeys(
    ("pay", "inquiryPayment"), frozenset(["indiscreet"])
)
"""Faults that add card data to an answer and change nothing else."""
EXPIRY_FAULTS: dict[str, frozenset[str]] = dict.fromkeys(
    ("pay", "inquiryPayment", "notification"),
    frozenset(["without_expiry", "earlier_expiry", "later_expiry", "expiry_before_payment"]),
)
"""Faults that change the authExpiryTime and nothing else."""
FALSE_FAILURES: dict[str, frozenset[str]] = dict.fromkeys(("pay", "capture"), frozenset(["act_and_code_f"]))
"""Faults that report a failure of a call that was processed."""
RISK_REVIEW = "riskReview"
RISK_REVIEW_RESULTS = ("", "ACCEPT", "REJECT")
RISK_REVIEW_FAULTS: dict[str, frozenset[str]] = {RISK_REVIEW: frozenset(["processing"])}
"""Risk reviews of the gateway, which change nothing else."""


def faults_on(on: str) -> frozenset[str]:
    """Returns the names of all faults that can be injected there; none for an unknown place."""
    known = (ALLOWED, CARD_DATA_FAULTS, EXPIRY_FAULTS, FALSE_FAILURES, RISK_REVIEW_FAULTS)
    return frozenset[str]().union(*(faults.get(on, ()) for faults in known))


ALL_FAULTS = tuple(sorted(frozenset[str]().union(*map(faults_on, (*ALLOWED, *RISK_REVIEW_FAULTS)))))
"""The names of all faults."""


class FaultError(InvalidRequest):
    """An invalid description of a fault; the message is one line."""


class FaultRequest(ControlModel):
    """A fault to inject into calls or notifications."""

    on: Literal[
        "pay",
        "inquiryPayment",
        "capture",
        "cancel",
        "any",
        "inquireNotificationList",
        "notification",
        "automaticCapture",
        "riskReview",
    ] = Field(description="Into what it is injected; any is pay, inquiryPayment, capture or cancel.")
    fault: str = Field(
        description="Which one; docs/simulator.md has a table of all.",
        json_schema_extra={"enum": [*ALL_FAULTS]},
    )
    times: int = Field(default=1, ge=-1, description="How often; -1 means always.")
    skip: int = Field(default=0, ge=0, description="How many matching calls come before it without it.")
    match: str = Field(
        default="", description="The beginning of an id or a referenceOrderId; empty for every payment."
    )
    code: str = Field(default="", description="A result code, where the fault uses one.")
    seconds: float = Field(default=0.0, ge=0, le=MAX_SECONDS, description="Where the fault uses them.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.fault not in faults_on(self.on):
            raise ValueError(f"fault: on {self.on} one of {', '.join(sorted(faults_on(self.on)))}")
        if self.times == 0:
            raise ValueError("times: a whole number above 0, or -1 for always")
        if self.on == RISK_REVIEW and self.code not in RISK_REVIEW_RESULTS:
            raise ValueError("code: ACCEPT, REJECT or none")
        return self

    def fault_to_add(self) -> "Fault":
        """Returns the fault that was never injected."""
        return Fault(**self.model_dump())


@dataclass
class Fault:
    """One fault. `seconds` are unscaled, `times` -1 means always, `match` is a prefix of an id.

    `skip` is how many matching calls are still processed without it; `used` is how often it was injected;
    `ended` is set once calls no longer wait for its `seconds`; `id` is empty until the fault is injected.
    """

    on: str
    fault: str
    times: int = 1
    skip: int = 0
    match: str = ""
    code: str = ""
    seconds: float = 0.0
    used: int = 0
    id: str = ""
    ended: asyncio.Event = field(default_factory=asyncio.Event, repr=False, compare=False)

    @classmethod
    def parse(cls, data: object) -> "Fault":
        """Parses the JSON of a fault. Raises `FaultError`, which names the invalid field."""
        return parse(FaultRequest, data, FaultError).fault_to_add()

    def wire(self) -> dict[str, object]:
        """Returns the fault in the format of GET /faults."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "ended"}

    def matches(self, on: str, ids: Iterable[str]) -> bool:
        """Returns whether the fault applies to this call or notification, which has these ids."""
        if self.times != -1 and self.used >= self.times:
            return False
        if on != self.on and not (self.on == "any" and on in CALLS):
            return False
        return not self.match or any(name.startswith(self.match) for name in ids)


class FaultInjector:
    """The faults, oldest first; at most one is injected into a call or notification."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._numbers = itertools.count(1)

    def add(self, fault: Fault) -> None:
        """Adds a fault after the others, and gives it an id."""
        fault.id = f"fault-{next(self._numbers)}"
        self._faults.append(fault)

    def remove(self, fault_id: str) -> None:
        """Removes one fault, and ends its delays. Raises `NotFound`."""
        fault = next((each for each in self._faults if each.id == fault_id), None)
        if fault is None:
            raise NotFound("fault", fault_id)
        fault.ended.set()
        self._faults.remove(fault)

    def take(self, on: str, ids: Iterable[str]) -> Fault | None:
        """Returns the first fault that matches and counts its use; None where none matches."""
        present = [name for name in ids if name]
        for fault in self._faults:
            if not fault.matches(on, present):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.used += 1
            return fault
        return None

    def clear(self, match: str = "") -> None:
        """Removes all faults, or those with this `match`."""
        self._faults = [fault for fault in self._faults if match and fault.match != match]

    def end_delays(self, match: str) -> None:
        """Ends the delays of the faults with this `match`: the calls that wait in them continue now."""
        for fault in self._faults:
            if fault.match == match:
                fault.ended.set()

    def wire(self) -> list[dict[str, object]]:
        """Returns all faults in the format of GET /faults, including those that are used up."""
        return [fault.wire() for fault in self._faults]
