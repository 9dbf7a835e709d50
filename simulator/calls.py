"""Every gateway call that was received: which operation, which ids, what was answered. No card data."""

from simulator.clock import Clock, iso
from simulator.faults import CALLS, NOTIFICATION_LIST, Fault
from simulator.http.body import Answer, Body

LONGEST_ID = 64
IDS = ("paymentRequestId", "paymentId", "captureRequestId")


class Calls:
    """The calls since the start or the last reset, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._received: list[dict[str, object]] = []

    def received(self, operation: str) -> dict[str, object]:
        """Take up one call; the caller completes the record as it learns more."""
        known = operation if operation in (*CALLS, NOTIFICATION_LIST) else "unknown"
        call: dict[str, object] = {"at": iso(self._clock.now()), "operation": known}
        call |= dict.fromkeys((*IDS, "fault", "resultCode", "resultStatus"))
        self._received.append(call)
        return call

    def wire(self) -> list[dict[str, object]]:
        """As GET /calls shows them."""
        return [dict(call) for call in self._received]


def note_ids(call: dict[str, object], body: Body) -> None:
    """Write down the ids of a verified body; what is too long to be an id is not repeated."""
    for name in IDS:
        text = body.text(name)
        call[name] = text if 0 < len(text) <= LONGEST_ID else None


def note_fault(call: dict[str, object], fault: Fault | None) -> None:
    """Write down which fault this call met."""
    call["fault"] = fault.fault if fault else None


def note_result(call: dict[str, object], answered: Answer | None) -> None:
    """Write down what the gateway decided, whether or not its answer reached anybody."""
    result = answered.get("result") if answered else None
    if isinstance(result, dict):
        call["resultCode"], call["resultStatus"] = result["resultCode"], result["resultStatus"]
