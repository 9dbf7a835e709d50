"""The log of the gateway calls that were received: ids, result and exchange, without card data.

The newest 100,000 calls are kept, and the headers and bodies of the newest 1,000 of them.
"""

import itertools
import json
import logging
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from simulator.clock import Clock, iso
from simulator.faults import CALLS, NOTIFICATION_LIST, Fault
from simulator.http.body import Answer, Body
from simulator.http.wire import RawReply, RawRequest
from simulator.not_found import NotFound
from simulator.recording.exchanges import Exchange, Exchanges
from simulator.recording.masking import mask_text

MAX_CALLS = 100_000
MAX_ID_LENGTH = 64
MAX_LOGGED = 16_384
"""How many characters of a refused call's string are logged at most."""
IDS = ("paymentRequestId", "paymentId", "captureRequestId")

log = logging.getLogger(__name__)


@dataclass
class Call:
    """One call.

    `refusal` is why its client id or its signature was refused; `exchange` has its headers and bodies;
    `is_readable` is set where the call is authenticated and its body is a JSON object.
    """

    id: str
    at: datetime
    operation: str
    exchange: Exchange = field(repr=False)
    ids: dict[str, str | None] = field(default_factory=lambda: dict.fromkeys(IDS))
    fault: str | None = None
    result_code: str | None = None
    result_status: str | None = None
    refusal: str | None = None
    is_readable: bool = False

    def record_ids(self, body: Body) -> None:
        """Records the ids of a verified body; a value that is too long to be an id is recorded as None."""
        self.is_readable = True
        for name in IDS:
            text = body.text(name)
            self.ids[name] = text if 0 < len(text) <= MAX_ID_LENGTH else None

    def record_fault(self, fault: Fault | None) -> None:
        """Records the fault that was injected into this call."""
        self.fault = fault.fault if fault else None

    def record_result(self, answered: Answer | None) -> None:
        """Records the result of the call, whether or not the answer reached the merchant."""
        result = Body(answered or {})
        self.result_code = result.text("result.resultCode") or None
        self.result_status = result.text("result.resultStatus") or None

    def record_refusal(self, reason: str) -> None:
        """Records why the client id or the signature was refused, and logs it with the string to verify."""
        self.refusal = reason = mask_text(reason)
        string = json.dumps(self.exchange.string_to_verify)
        if len(string) > MAX_LOGGED:
            string = f"{string[:MAX_LOGGED]}... ({len(string)} characters)"
        log.warning("%s refused: %s; string to verify: %s", self.id, reason, string)

    def wire(self) -> dict[str, object]:
        """Returns the call in the format of GET /calls."""
        return {
            "at": iso(self.at),
            "operation": self.operation,
            **self.ids,
            "fault": self.fault,
            "resultCode": self.result_code,
            "resultStatus": self.result_status,
            "id": self.id,
            "receivedAt": self.exchange.started.isoformat(timespec="milliseconds"),
            "durationMs": self.exchange.duration_ms,
            "status": self.exchange.status,
            "refusal": self.refusal,
        }

    def detail(self) -> dict[str, object]:
        """Returns the call in the format of GET /calls/{id}."""
        return {**self.wire(), "exchange": self.exchange.wire()}


class CallLog:
    """The calls since the start or the last reset, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._received: deque[Call] = deque(maxlen=MAX_CALLS)
        self._exchanges = Exchanges()
        self._numbers = itertools.count(1)
        self.changes = 0
        """How many calls have begun or ended; it differs whenever something has changed."""

    def begin(self, request: RawRequest) -> Call:
        """Appends one call and returns its record, which the caller completes."""
        operation = request.path.rsplit("/", 1)[-1]
        known = operation if operation in (*CALLS, NOTIFICATION_LIST) else "unknown"
        exchange = Exchange.begin(request.method, request.path, request.headers, request.content)
        call = Call(f"call-{next(self._numbers)}", self._clock.now(), known, exchange)
        self._received.append(call)
        self.changes += 1
        return call

    def end(self, call: Call, reply: RawReply) -> None:
        """Records what was sent in answer to the call."""
        after = reply.abort_after
        if after == 0:
            call.exchange.end(aborted_after=0)
        else:
            call.exchange.end(reply.status, reply.headers, reply.content[:after], aborted_after=after)
        self._exchanges.add(call.exchange)
        self.changes += 1

    def all(self) -> list[Call]:
        """Returns the calls that are kept, oldest first."""
        return list(self._received)

    def get(self, call_id: str) -> Call:
        """Returns a call by its id. Raises `NotFound`."""
        found = next((call for call in self._received if call.id == call_id), None)
        if found is None:
            raise NotFound("call", call_id)
        return found

    def bodies(self, operation: str) -> list[object]:
        """Returns the JSON bodies of the calls of an operation that were not refused, without card data."""
        calls = (call for call in self._received if call.operation == operation and call.is_readable)
        return [json.loads(call.exchange.request_body) for call in calls if call.exchange.is_kept]
