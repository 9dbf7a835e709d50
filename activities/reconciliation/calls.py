"""What a reconciliation and its activities say to each other: names, arguments, results. No I/O."""

from datetime import datetime, timedelta
from enum import StrEnum

from holdfast.reconciliation.difference import Difference
from holdfast.status import PaymentStatus
from holdfast.validation.strict import Strict

COUNT_PAYMENTS = "count_payments"
LIST_PAYMENTS = "list_payments"
COMPARE_PAYMENTS = "compare_payments"
RECONCILE_PAYMENT = "reconcile_payment"
REPORT_DIFFERENCE = "report_difference"
UNKNOWN_PAYMENTS = "unknown_payments"


class Part(StrEnum):
    """The two parts of a period, which share no payment whenever one is listed."""

    ENDED = "ENDED"
    """Ended within the period; listed by the time of their end."""
    OPEN = "OPEN"
    """Not ended before the period's end; listed by the time of their start."""


class ListCall(Strict):
    """The latest payments of one part, in a time from `after` (included) to `before` (not included).

    `until` is the period's end. At most `limit` payments, unless more of them share one moment.
    """

    merchantAccount: str
    part: Part
    until: datetime
    after: datetime
    before: datetime
    limit: int
    width: timedelta | None = None
    """How much of the time may hold that many: a guess, to begin with."""


class Listing(Strict):
    """The workflow ids of the payments in the time from `after` to the call's `before`: all of that time."""

    workflowIds: tuple[str, ...]
    after: datetime
    width: timedelta
    """How much of the time held these."""


class ToldCall(Strict):
    """The payments whose success the gateway has notified in a period, from the latest on."""

    merchantAccount: str
    since: datetime
    until: datetime
    startingAfter: str | None = None
    """The gateway's id of the last event that was read."""
    limit: int
    inquiriesPerSecond: float


class UnmatchedNotifications(Strict):
    """Those that Temporal does not know, by the workflow id that they would have; `read` events were read."""

    workflowIds: tuple[str, ...] = ()
    read: int
    startingAfter: str | None = None
    """Where to go on; None when all were read."""
    refusedAs: str | None = None
    """The gateway's result code, where it does not list its notifications to this merchant."""


class CompareCall(Strict):
    """Look at each payment once, at this pace at most."""

    merchantAccount: str
    workflowIds: tuple[str, ...]
    inquiriesPerSecond: float


class Finding(StrEnum):
    """What one look at a payment has found."""

    AGREED = "AGREED"
    DIFFERENT = "DIFFERENT"
    IN_MOTION = "IN_MOTION"
    """It changed during the look, or a call of its own is under way; differences are those seen so far."""
    NOT_ANSWERED = "NOT_ANSWERED"
    """The gateway, or Temporal, did not say."""


class Look(Strict):
    """One payment compared once. `status` is None where no such payment was found in Temporal."""

    workflowId: str
    paymentReference: str
    finding: Finding
    status: PaymentStatus | None = None
    isRunning: bool = False
    differences: tuple[Difference, ...] = ()


class Comparison(Strict):
    """The looks, in order; `left` are those that time did not allow: compare them in another call."""

    looks: tuple[Look, ...]
    left: tuple[str, ...] = ()
    trafficLimits: int = 0


class ReconcileCall(Strict):
    """Let a running payment ask the gateway about every attempt."""

    workflowId: str
