"""Old signed answers, which the faults `replayed` and `act_and_replayed` send again."""

from dataclasses import dataclass, field
from datetime import timedelta

from simulator.clock import iso, wall_clock
from simulator.faults import Fault
from simulator.http.body import Answer, Body, answer
from simulator.http.wire import RawReply, encoded, signed
from simulator.keys import Keys

STALE = timedelta(hours=1)
"""The age of a stale answer where the fault has no `seconds`."""
UNCHANGED_FAULTS = frozenset(["", "code_u", "code_f", "act_and_code_u"])
"""The faults with which the merchant receives a complete answer at once."""


def stale_time(fault: Fault | None) -> str:
    """Returns the Response-Time of a stale answer."""
    age = timedelta(seconds=fault.seconds) if fault and fault.seconds else STALE
    return iso(wall_clock() - age)


@dataclass
class SignedAnswers:
    """The last answer to each operation, by result code and by payment, as the merchant received it."""

    keys: Keys
    _by_code: dict[tuple[str, str], RawReply] = field(default_factory=dict)
    _by_payment: dict[tuple[str, str], RawReply] = field(default_factory=dict)

    def keep(self, path: str, answered: Answer, request_id: str, reply: RawReply) -> None:
        """Keeps an answer. `request_id` is the payment's, and empty where there is none."""
        code = Body(answered).text("result.resultCode")
        self._by_code[path, code] = self._by_code[path, ""] = reply
        if request_id:
            self._by_payment[path, request_id] = reply

    def replay(self, path: str, request_id: str, fault: Fault) -> RawReply:
        """Returns an old answer to the same operation, with its own time and signature.

        With `code` it is the last one with this result code, of any payment. Without `code` it is the last
        one of the same payment, or of any payment where there is none. Where no answer was kept, it is one to
        another payment: `code` or ORDER_NOT_EXIST, `seconds` old or one hour.
        """
        kept = None if fault.code else self._by_payment.get((path, request_id))
        kept = kept or self._by_code.get((path, fault.code))
        if kept is not None:
            return kept
        return signed(
            encoded(answer(fault.code or "ORDER_NOT_EXIST", "F")), path, self.keys, time=stale_time(fault)
        )
