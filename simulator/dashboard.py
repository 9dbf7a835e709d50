"""Deeds that nobody is told of: what somebody does in the gateway's dashboard, or the gateway gets wrong.

    hold        money is held, whatever became of the payment before
    void        what is held goes back
    capture     `value` of what is held (all of it when absent) is taken, under `captureRequestId` or one
                of the dashboard's own
    take_back   the last capture that succeeded has failed, with `code` (PROCESS_FAIL when absent)
    amount      the payment is one over `value`

The ledger records them as it records everything that happens to money.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.http.body import Money
from simulator.payment_lifecycle import Life
from simulator.state import Payment, Status

DEEDS = ("hold", "void", "capture", "take_back", "amount")
FIELDS = frozenset({"deed", "value", "captureRequestId", "code"})


class DeedError(ValueError):
    """An order for a deed that cannot be done; the message is one clear line."""


@dataclass(frozen=True)
class Deed:
    """One deed. `value` is in minor units, 0 where none is given."""

    deed: str
    value: int = 0
    capture_request_id: str = ""
    code: str = ""

    @classmethod
    def parse(cls, order: object) -> "Deed":
        """Read an order; raises `DeedError` that names what is wrong."""
        if not isinstance(order, Mapping):
            raise DeedError("a deed is a JSON object")
        if unknown := sorted(str(name) for name in set(order) - FIELDS):
            raise DeedError(f"unknown field {unknown[0]}; known: {', '.join(sorted(FIELDS))}")
        deed, value = order.get("deed"), order.get("value", 0)
        if deed not in DEEDS:
            raise DeedError(f"deed: one of {', '.join(DEEDS)}")
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise DeedError("value: minor units, a whole number above 0")
        return cls(str(deed), value, _text(order, "captureRequestId"), _text(order, "code"))


def _text(order: Mapping[object, object], name: str) -> str:
    value = order.get(name, "")
    if not isinstance(value, str):
        raise DeedError(f"{name}: a string")
    return value


def do(life: Life, payment: Payment, deed: Deed) -> None:
    """Do it. Raises `DeedError` where there is nothing to do it to."""
    match deed.deed:
        case "hold":
            life.hold(payment)
        case "void":
            life.release(payment, "VOIDED")
        case "capture":
            _capture(life, payment, deed)
        case "take_back":
            _take_back(life, payment, deed.code)
        case _:
            _change_amount(payment, deed.value)


def _change_amount(payment: Payment, value: int) -> None:
    if not value:
        raise DeedError("value: minor units, a whole number above 0")
    payment.amount = Money(payment.amount.currency, value)


def _capture(life: Life, payment: Payment, deed: Deed) -> None:
    amount = deed.value or payment.held
    if not 0 < amount <= payment.held:
        raise DeedError("value: at most what is held")
    request_id = deed.capture_request_id or f"DASHBOARD{life.store.new_id()}"
    capture = life.start_capture(payment, request_id, amount, is_last=amount == payment.held)
    life.take(payment, capture)


def _take_back(life: Life, payment: Payment, code: str) -> None:
    taken = [capture for capture in payment.captures if capture.status is Status.SUCCESS]
    if not taken:
        raise DeedError("deed: nothing was captured that could be taken back")
    life.take_back(payment, taken[-1], code)
