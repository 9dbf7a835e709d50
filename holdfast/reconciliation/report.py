"""The request of a reconciliation and its report."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from holdfast.errors import InvalidRequest
from holdfast.reconciliation.difference import Difference
from holdfast.temporal.names import PAYMENT_REFERENCE
from holdfast.validation.parsing import parse_model
from holdfast.validation.strict import Strict

Reference = Annotated[str, Field(pattern=PAYMENT_REFERENCE)]
_LONGEST = 400 * 24 * 3600


class Period(NamedTuple):
    """A period of time, which includes `since` and excludes `until`."""

    since: datetime
    until: datetime


class ReconciliationRequest(Strict):
    """The argument of the workflow `Reconciliation`: a period, a list of references, or both.

    A period contains every payment of the merchant account that was open in it: payments that were started
    before `until` and had not ended before `since`.
    """

    merchantAccount: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] = "default"
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    """The end of the period, by default the start of the run."""
    last: Annotated[int, Field(ge=1, le=_LONGEST)] | None = None
    """The length in seconds of a period that ends at the start of the run. It replaces `since` and `until`,
    and is meant for schedules."""
    references: Annotated[tuple[Reference, ...], Field(max_length=1000)] = ()
    """Payment references from the merchant's own records, which find payments that have no workflow."""
    readEvents: bool = True
    """Whether the gateway's list of notifications is searched for payments that have no workflow. False is
    for accounts on which other systems use request ids of the same form."""
    inquiriesPerSecond: Annotated[float, Field(gt=0, le=50)] = 2.0
    """The highest rate of inquiries. The gateway publishes no limit, and open payments share it."""
    pageSize: Annotated[int, Field(ge=1, le=500)] = 100
    """The number of payments that are compared in one page."""

    @model_validator(mode="after")
    def _check_period(self) -> Self:
        if self.last is not None and (self.since is not None or self.until is not None):
            raise PydanticCustomError("period", "last excludes since and until")
        if self.since is None and self.until is not None:
            raise PydanticCustomError("period", "until needs since")
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise PydanticCustomError("period", "since must be before until")
        if self.since is None and self.last is None and not self.references:
            raise PydanticCustomError("period", "a period (since, or last) or references are needed")
        return self

    def period(self, now: datetime) -> Period | None:
        """Returns the period of a run that starts at `now`, or None without one.

        Raises:
            InvalidRequest: The period ends after `now`.
        """
        if self.last is not None:
            return Period(now - timedelta(seconds=self.last), now)
        if self.since is None:
            return None
        until = self.until or now
        if until > now or self.since >= until:
            raise InvalidRequest("since, until: must not be in the future")
        return Period(self.since, until)


def parse_reconciliation(data: object) -> ReconciliationRequest:
    """Validates the request that a client sent.

    Raises:
        InvalidRequest: The request breaks a rule. The message is one line that names the field and the rule.
    """
    return parse_model(ReconciliationRequest, data, InvalidRequest)


class DifferenceDisposition(StrEnum):
    """What the reconciliation has done about a difference."""

    IN_PROGRESS = "IN_PROGRESS"
    """The running payment has asked the gateway and is handling the answer."""
    CORRECTED = "CORRECTED"
    """The running payment has asked the gateway and agrees now. Its `review` may still need an operator."""
    FLAGGED = "FLAGGED"
    """The running payment has asked the gateway, still does not agree, and is under review."""
    REPORTED = "REPORTED"
    """A workflow of type `Difference` keeps the difference until an operator acknowledges it."""
    REPORTED_BEFORE = "REPORTED_BEFORE"
    """An earlier run has reported the difference."""


class ReportedDifference(Strict):
    """A difference of a payment, and what the reconciliation has done about it."""

    paymentReference: str
    difference: Difference
    disposition: DifferenceDisposition


class ReconciliationReport(Strict):
    """The result of a reconciliation, and the answer of its query `progress`.

    Every payment is counted once: `compared` = `agreed` + `corrected` + `different` + `inProgress` +
    `unanswered`. The lists hold the first hundred items each; the review list has all that needs an operator.
    """

    merchantAccount: str
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    expected: int = 0
    """The number of payments to compare at the start of the run."""
    compared: int = 0
    agreed: int = 0
    corrected: int = 0
    different: int = 0
    inProgress: int = 0
    """Payments that changed during every comparison. The next run compares them again."""
    unanswered: int = 0
    """Payments for which the gateway, or the payment's worker, did not answer."""
    trafficLimits: int = 0
    """The number of rate limit answers of the gateway, each of which slows the run down."""
    eventsRead: int = 0
    """The number of events of the gateway's list that were looked up in Temporal."""
    eventsRefusedAs: str | None = None
    """The gateway's result code when it refuses to list its events, UNANSWERED when it does not answer."""
    differences: tuple[ReportedDifference, ...] = ()
    inProgressReferences: tuple[str, ...] = ()
    unansweredReferences: tuple[str, ...] = ()
