"""The audit trail: every transition of a payment and all evidence that caused none.

The trail is written for people. Decisions read the typed fields that are recorded in
:class:`holdfast.progress.Progress`.
"""

from datetime import datetime

from holdfast.observation import Observation
from holdfast.payment import AuditEvent, Payment, Review
from holdfast.source import Source
from settlement.audit import text as audit_text

MAX_LINES = 200
"""The number of lines of an audit trail; a payment has ten to twenty. One of them can be a count."""
FIRST_LINES = 100
"""The number of lines that are always kept: those of the beginning."""
MAX_OBSERVATIONS = 100
"""The number of observations that are kept."""


def append_event(payment: Payment, at: datetime, source: Source, *, code: str | None, detail: str) -> Payment:
    """Returns the payment with a line in its audit trail about something that changed no status."""
    line = AuditEvent(at=at, source=source, from_=payment.status, to=payment.status, code=code, detail=detail)
    return with_line(payment, line)


def append_once(payment: Payment, observation: Observation, at: datetime) -> Payment:
    """Returns the payment with an observation and its line. Returns it unchanged where it has that one."""
    if is_observed(payment, observation):
        return payment
    observations = _bounded((*payment.progress.observations, observation))
    detail = audit_text.of_observation(observation)
    after = append_event(payment, at, observation.source, code=observation.resultCode, detail=detail)
    progress = after.progress.model_copy(update={"observations": observations})
    return after.model_copy(update={"progress": progress})


def is_observed(payment: Payment, observation: Observation) -> bool:
    """Returns whether the payment has this observation already."""
    subject, code = observation.subject, observation.resultCode
    # a flood of notifications compares thousands of models in one workflow task, which costs seconds
    return any(
        each.subject == subject and each.resultCode == code and each == observation
        for each in payment.progress.observations
    )


def append_and_flag(payment: Payment, observation: Observation, at: datetime) -> Payment:
    """Returns the payment with an observation, flagged for review. Nothing of the evidence is applied."""
    reason = audit_text.of_observation(observation)
    return flag_for_review(append_once(payment, observation, at), reason, at)


def flag_for_review(payment: Payment, reason: str, at: datetime) -> Payment:
    """Returns the payment with a reason for a review. A reason that it already has stays."""
    if payment.review is not None:
        return payment
    return payment.model_copy(update={"review": Review(reason=reason, since=at)})


def _bounded(observations: tuple[Observation, ...]) -> tuple[Observation, ...]:
    """Returns the observations without the oldest one of a notification, where there are too many.

    Notifications alone can report any number of different things. One that was dropped is recorded again.
    """
    if len(observations) <= MAX_OBSERVATIONS:
        return observations
    notified = (index for index, each in enumerate(observations) if each.source is Source.NOTIFICATION)
    oldest = next(notified, 0)
    return observations[:oldest] + observations[oldest + 1 :]


def with_line(payment: Payment, line: AuditEvent) -> Payment:
    """Returns the payment with a further line. Of a long trail, the lines in the middle become a count."""
    events = (*payment.events, line)
    if len(events) <= MAX_LINES:
        return payment.model_copy(update={"events": events})
    left_out = payment.progress.omittedLines
    # the first line that is left out makes room for the line with the count, and goes with the next one
    number = 1 if left_out else 2
    first = FIRST_LINES + (1 if left_out else 0)
    gap = _gap(events[FIRST_LINES], events[first + number - 1], left_out + number)
    progress = payment.progress.model_copy(update={"omittedLines": left_out + number})
    kept = (*events[:FIRST_LINES], gap, *events[first + number :])
    return payment.model_copy(update={"events": kept, "progress": progress})


def _gap(first: AuditEvent, last: AuditEvent, number: int) -> AuditEvent:
    """Returns the line that stands for the lines from `first` to `last`."""
    detail = audit_text.lines_left_out(number)
    return AuditEvent(at=last.at, source=last.source, from_=first.from_, to=last.to, detail=detail)
