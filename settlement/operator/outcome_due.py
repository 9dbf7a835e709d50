"""Until when the gateway should have answered what a payment waits for.

The time is published with the payment's status, so that a payment which hangs is found within minutes by a
query, and without a timer of its own (ADR 0032).
"""

from datetime import datetime, timedelta
from typing import Final

from holdfast.payment import Payment
from holdfast.statuses.payment_status import PaymentStatus as S

OUTCOME_WITHIN: Final = timedelta(minutes=5)
"""How long a payment may wait for an answer before an operator looks at it; seconds are usual."""


def outcome_due(payment: Payment) -> datetime | None:
    """Returns the end of that time; None where the payment does not wait for an answer of the gateway.

    A payment does not where the buyer or the merchant acts next, where a person reviews it already, and where
    the gateway documents a wait of days: the risk review, and a payment that the buyer has finished.
    """
    if not _awaits_answer(payment):
        return None
    return (payment.progress.lastTransitionAt or payment.attempt.startedAt) + OUTCOME_WITHIN


def _awaits_answer(payment: Payment) -> bool:
    match payment.status:
        case S.AUTHORIZING | S.CANCELLING:
            return True
        case S.CAPTURING:
            return not payment.is_under_risk_review
        case S.PENDING:
            return payment.attempt.buyerCompletedAt is None
        case _:
            return False
