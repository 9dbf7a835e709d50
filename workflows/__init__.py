"""The workflows: the order of events, the waiting, the deadlines. No I/O, no clock but Temporal's."""

from workflows.card_payment import CardPayment
from workflows.difference import ReportedDifference
from workflows.late_notification import LateNotification
from workflows.reconciliation import Reconciliation

WORKFLOWS = [CardPayment, LateNotification, Reconciliation, ReportedDifference]
"""What a worker registers."""
