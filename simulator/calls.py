"""The log of all gateway calls that were received: operation, ids and result, without card data."""

from simulator.clock import Clock, iso
from simulator.faults import CALLS, NOTIFICATION_LIST, Fault
from simulator.http.body import Answer, Body

MAX_ID_LENGTH = 64
IDS = ("paymentRequestId", "paymentId", "captureRequestId")


class CallLog:
    """The calls since the start or the last reset, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._received: list[dict[str, object]] = []

    def append(self, operation: str) -> dict[str, object]:
        """Appends one call and returns its record, which the caller completes."""
        known = operation if operation in (*CALLS, NOTIFICATION_LIST) else "unknown"
        call: dict[str, object] = {"at": iso(self._clock.now()), "operation": known}
        call |= dict.fromkeys((*IDS, "fault", "resultCode", "resultStatus"))
        self._received.append(call)
        return call

    def wire(self) -> list[dict[str, object]]:
        """Returns the calls in the format of GET /calls."""
        return [dict(call) for call in self._received]


def record_ids(call: dict[str, object], body: Body) -> None:
    """Records the ids of a verified body; a value that is too long to be an id is recorded as None."""
    for name in IDS:
        text = body.text(name)
        call[name] = text if 0 < len(text) <= MAX_ID_LENGTH else None


def record_fault(call: dict[str, object], fault: Fault | None) -> None:
    """Records the fault that was injected into this call."""
    call["fault"] = fault.fault if fault else None


def record_result(call: dict[str, object], answered: Answer | None) -> None:
    """Records the result of the call, whether or not the answer reached the merchant."""
    result = answered.get("result") if answered else None
    if isinstance(result, dict):
        call["resultCode"], call["resultStatus"] = result["resultCode"], result["resultStatus"]
