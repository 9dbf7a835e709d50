"""The workflows: the order of events, the waiting, the deadlines. No I/O, no clock but Temporal's."""

from workflows.card_payment.workflow import CardPayment
from workflows.late_notification.workflow import LateNotification
from workflows.reconciliation.workflow import Reconciliation
from workflows.reported_difference.workflow import DifferenceReview

WORKFLOWS = [CardPayment, LateNotification, Reconciliation, DifferenceReview]
"""What a worker registers."""
