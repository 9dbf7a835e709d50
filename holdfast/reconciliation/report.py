"""What a reconciliation is asked to compare, and what it reports."""

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
    """From and to: `since` belongs to it, `until` does not."""

    since: datetime
    until: datetime


class ReconciliationRequest(Strict):
    """The argument of the workflow `Reconciliation`: a period, a list of references, or both.

    A period holds every payment that was under way in it, whenever it was started: the payments of the
    merchant account that had not ended before `since` and were started before `until`.
    """

    merchantAccount: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] = "default"
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    """The moment the run starts, when absent."""
    last: Annotated[int, Field(ge=1, le=_LONGEST)] | None = None
    """Seconds, counted back from the start of the run, in place of `since` and `until`: for a schedule."""
    references: Annotated[tuple[Reference, ...], Field(max_length=1000)] = ()
    """Orders of the merchant's own books: money of an order without any workflow is found by them."""
    readEvents: bool = True
    """Whether the gateway's own list is searched for payments that Temporal does not know; not where others
    use the account with request ids like ours."""
    inquiriesPerSecond: Annotated[float, Field(gt=0, le=50)] = 2.0
    """At most; the gateway tells no limit, and payments that are under way need their share of it."""
    pageSize: Annotated[int, Field(ge=1, le=500)] = 100
    """How many payments are compared in one go."""

    @model_validator(mode="after")
    def _compares_something(self) -> Self:
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
        """The period as seen from the start of the run; None without one. Raises InvalidRequest."""
        if self.last is not None:
            return Period(now - timedelta(seconds=self.last), now)
        if self.since is None:
            return None
        until = self.until or now
        if until > now or self.since >= until:
            raise InvalidRequest("since, until: must not be in the future")
        return Period(self.since, until)


def parse_reconciliation(data: object) -> ReconciliationRequest:
    """The request in what any client sent. Raises InvalidRequest: one line that names field and rule."""
    return parse_model(ReconciliationRequest, data, InvalidRequest)


class DifferenceDisposition(StrEnum):
    """What was done about a difference."""

    TAKEN_UP = "TAKEN_UP"
    """The running payment has asked the gateway and is acting upon the answer."""
    CORRECTED = "CORRECTED"
    """The running payment asked the gateway, and agrees now; its `review` says if a person must look."""
    FLAGGED = "FLAGGED"
    """The running payment asked the gateway, still does not agree, and is under review."""
    REPORTED = "REPORTED"
    """Kept as a workflow `Difference` until a person has seen to it."""
    REPORTED_BEFORE = "REPORTED_BEFORE"
    """An earlier run has reported it."""


class FoundDifference(Strict):
    """A difference, of which payment, and what was done about it."""

    paymentReference: str
    difference: Difference
    outcome: DifferenceDisposition


class ReconciliationReport(Strict):
    """The result of a reconciliation, and the answer of its query `progress`.

    Every payment is counted once: `compared` = `agreed` + `corrected` + `different` + `inProgress` +
    `unanswered`. The lists hold the first hundred each; what needs a person is in the list of reviews.
    """

    merchantAccount: str
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    expected: int = 0
    """How many payments there were to compare when the run began."""
    compared: int = 0
    agreed: int = 0
    corrected: int = 0
    different: int = 0
    inProgress: int = 0
    """Changed every time that it was looked at; the next run compares it."""
    unanswered: int = 0
    """The gateway, or the payment's own worker, could not be asked: neither agreed nor different."""
    trafficLimits: int = 0
    """How often the gateway said that it is asked too much, which slows the run down."""
    eventsRead: int = 0
    """How many events of the gateway's own list were looked up in Temporal."""
    eventsRefusedAs: str | None = None
    """The gateway's result code, where it does not list its events to this merchant."""
    differences: tuple[FoundDifference, ...] = ()
    inMotionReferences: tuple[str, ...] = ()
    notAnsweredReferences: tuple[str, ...] = ()
