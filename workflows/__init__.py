"""The workflows: the order of events, the waiting, the deadlines. No I/O, no clock but Temporal's."""

from workflows.card_payment import CardPayment
from workflows.late_notification import LateNotification

WORKFLOWS = [CardPayment, LateNotification]
"""What a worker registers."""
