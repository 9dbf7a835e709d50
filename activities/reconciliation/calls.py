"""The interface of a reconciliation workflow and its activities: names, arguments and results, no I/O."""

from datetime import datetime, timedelta
from enum import StrEnum

from holdfast.reconciliation.difference import Difference
from holdfast.statuses.payment_status import PaymentStatus
from holdfast.validation.strict import Strict

COUNT_PAYMENTS = "count_payments"
LIST_PAYMENTS = "list_payments"
COMPARE_PAYMENTS = "compare_payments"
RECONCILE_PAYMENT = "reconcile_payment"
REPORT_DIFFERENCE = "report_difference"
UNKNOWN_PAYMENTS = "unknown_payments"


class Part(StrEnum):
    """The two parts of a period. No payment belongs to both, whenever it is listed."""

    ENDED = "ENDED"
    """Payments that ended within the period, listed by the time of their end."""
    OPEN = "OPEN"
    """Payments that had not ended at the end of the period, listed by the time of their start."""


class ListCall(Strict):
    """Lists the latest payments of one part in a time range.

    The range includes `after` and excludes `before`, and `until` is the end of the period. At most `limit`
    payments are listed, unless more of them have the same time.
    """

    merchantAccount: str
    part: Part
    until: datetime
    after: datetime
    before: datetime
    limit: int
    width: timedelta | None = None
    """The length of the first time range to try, which should contain about `limit` payments."""


class Listing(Strict):
    """All payments in the time range from `after` to the call's `before`, by workflow id."""

    workflowIds: tuple[str, ...]
    after: datetime
    width: timedelta
    """The length of the time range that contained them."""


class UnknownPaymentsCall(Strict):
    """Finds payments that the gateway notified as successful in a period, the latest first."""

    merchantAccount: str
    since: datetime
    until: datetime
    startingAfter: str | None = None
    """The id of the last event that an earlier call has read."""
    limit: int
    inquiriesPerSecond: float


class UnmatchedNotifications(Strict):
    """Successful payments that Temporal does not know, by the workflow id that they would have."""

    workflowIds: tuple[str, ...] = ()
    read: int
    """The number of events that were read."""
    startingAfter: str | None = None
    """The id of the last event that was read, or None when all were read."""
    refusedAs: str | None = None
    """The gateway's result code, when it refuses to list its notifications."""


class CompareCall(Strict):
    """Checks each payment once, with at most `inquiriesPerSecond`."""

    merchantAccount: str
    workflowIds: tuple[str, ...]
    inquiriesPerSecond: float


class CheckOutcome(StrEnum):
    """The outcome of one check of a payment."""

    AGREED = "AGREED"
    DIFFERENT = "DIFFERENT"
    IN_PROGRESS = "IN_PROGRESS"
    """The payment changed during the check, or one of its own calls is in progress. The differences are those
    that were found so far."""
    UNANSWERED = "UNANSWERED"
    """The gateway or Temporal did not answer."""


class CheckResult(Strict):
    """The result of one check of a payment. `status` is None when Temporal does not know the payment."""

    workflowId: str
    paymentReference: str
    outcome: CheckOutcome
    status: PaymentStatus | None = None
    isRunning: bool = False
    differences: tuple[Difference, ...] = ()


class Comparison(Strict):
    """The results of a call, in order. The time of the call was not sufficient for `remaining`."""

    results: tuple[CheckResult, ...]
    remaining: tuple[str, ...] = ()
    trafficLimits: int = 0


class ReconcileCall(Strict):
    """Lets a running payment inquire about every attempt."""

    workflowId: str
