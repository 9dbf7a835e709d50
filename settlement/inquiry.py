"""Settles the result of an inquiry, in the order that its evidence requires.

The functions are pure, like `settlement.settle`: no clock, no I/O, no Temporal. Evidence of an inquiry that
does not match leads to no further inquiry, so that only the payment is returned.
"""

from datetime import datetime

from holdfast.payment import Payment
from holdfast.statuses.attempt_status import AttemptStatus
from settlement.authorization_expiry import learn_current_expiry
from settlement.evidence import Verdict
from settlement.external_capture import find_external_capture, record_matches
from settlement.gateway_record import GatewayRecord
from settlement.settle import settle


def settle_inquiry(payment: Payment, record: GatewayRecord, at: datetime, *, attempt_limit: int) -> Payment:
    """Returns the payment with the record of an inquiry settled.

    The evidence about the payment is settled before its external captures, because only an authorized payment
    accepts one. After a cancellation the captures come first: a payment whose money is captured must not
    become CANCELLED.
    """
    if record.verdict is Verdict.CANCELLED:
        payment = accept_external_captures(payment, record, at)
    payment = settle(payment, record.payment, at, attempt_limit=attempt_limit).payment
    payment = accept_external_captures(payment, record, at)
    for evidence in record.captures:
        payment = settle(payment, evidence, at, attempt_limit=attempt_limit).payment
    return payment


def accept_external_captures(payment: Payment, record: GatewayRecord, at: datetime) -> Payment:
    """Returns the payment with the record's external captures, where the record matches the payment.

    Of the rest of the record, only the expiry of the authorization is applied: it changes no status, and the
    payment acts on the earliest one that is known.
    """
    if not record_matches(payment, record):
        return payment
    if record.verdict is Verdict.SUCCEEDED and payment.attempt.status is AttemptStatus.AUTHORIZED:
        payment = learn_current_expiry(payment, record.payment, at)
    for evidence in record.captures:
        if find_external_capture(payment, evidence) is not None:
            payment = settle(payment, evidence, at, accepts_external=True).payment
    return payment
