"""How the result of an inquiry changes a payment: the order in which its claims are settled.

Pure, like `settlement.settle`: no clock, no I/O, no Temporal. An inquiry is the gateway's own record, so
what does not fit in it leaves no further inquiry to make: the result is the payment alone.
"""

from datetime import datetime

from holdfast.evidence import Verdict
from holdfast.payment import Payment
from settlement.captures import settle_capture
from settlement.external_capture import foreign_capture, record_matches
from settlement.gateway_record import GatewayRecord
from settlement.settle import settle


def settle_inquiry(payment: Payment, record: GatewayRecord, at: datetime, *, attempt_limit: int) -> Payment:
    """The payment once this record is known.

    The claim about the payment is settled before its external captures, because only an authorized payment
    accepts one. A cancellation is the exception: the captures say how much was left to cancel.
    """
    if record.verdict is Verdict.CANCELLED:
        payment = accept_external_captures(payment, record, at)
    payment = settle(payment, record.payment, at, attempt_limit=attempt_limit).payment
    payment = accept_external_captures(payment, record, at)
    for claim in record.captures:
        payment = settle(payment, claim, at, attempt_limit=attempt_limit).payment
    return payment


def accept_external_captures(payment: Payment, record: GatewayRecord, at: datetime) -> Payment:
    """The payment with the captures that it did not request, where the record is about its money.

    Nothing else that the record says is applied.
    """
    if not record_matches(payment, record):
        return payment
    for claim in record.captures:
        if foreign_capture(payment, claim) is not None:
            payment = settle_capture(payment, claim, at, adopts=True).payment
    return payment
