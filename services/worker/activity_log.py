"""The log line of a failed activity: one line where the failure is one that Holdfast expects.

Temporal's SDK logs each failed try with a traceback. During an outage of the gateway that is thirty lines for
each call, among which the payment is hard to find. An error that Holdfast has not raised keeps its traceback.
"""

import logging
from datetime import timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from holdfast.card_vault import CardVaultError
from holdfast.temporal.names import reference_from_workflow_id

LOGGER = "temporalio.activity"
_MARK, _FAILED = "__temporal_error_identifier", "ActivityFailure"
"""The field of a log record, and its value, by which Temporal's SDK marks a failed activity."""
_LONGEST = 300
"""The longest text of an error in a line, in characters."""


def log_expected_failures_in_one_line() -> None:
    """Shortens the lines of failed activities from now on."""
    logging.getLogger(LOGGER).addFilter(_shorten)


def _shorten(record: logging.LogRecord) -> bool:
    """Replaces the text and the traceback of an expected failure. Keeps every record."""
    error = record.exc_info[1] if record.exc_info else None
    if getattr(record, _MARK, None) == _FAILED and error is not None and _is_expected(error):
        record.msg, record.args = "%s", (_line(error),)
        record.exc_info = record.exc_text = None
    return True


def _is_expected(error: BaseException) -> bool:
    """Returns whether Holdfast has raised the error for a cause that it knows."""
    if isinstance(error, CardVaultError):
        return True
    return isinstance(error, ApplicationError) and (error.cause is None or _is_expected(error.cause))


def _line(error: BaseException) -> str:
    info = activity.info()
    target = info.workflow_id or ""
    reference = reference_from_workflow_id(target)
    about = f"payment {reference}" if reference else _one_line(target)
    kind = error.type if isinstance(error, ApplicationError) else type(error).__name__
    reason = error.message if isinstance(error, ApplicationError) else str(error)
    return f"{about}: {info.activity_type} failed ({kind}): {_one_line(reason)}; {_next_try(error, info)}"


def _next_try(error: BaseException, info: activity.Info) -> str:
    """Returns when Temporal makes the activity again, as far as the activity's own policy says."""
    policy = info.retry_policy
    if isinstance(error, ApplicationError) and error.non_retryable:
        return "it is not tried again"
    if policy is None or 0 < policy.maximum_attempts <= info.attempt:
        return f"try {info.attempt} was the last one"
    longest = policy.maximum_interval or policy.initial_interval * 100
    pause = getattr(error, "next_retry_delay", None) or _pause(
        policy.initial_interval, policy.backoff_coefficient, longest, info.attempt
    )
    return f"try {info.attempt + 1} follows in {pause.total_seconds():g} s, unless its time is over"


def _pause(initial: timedelta, coefficient: float, longest: timedelta, attempt: int) -> timedelta:
    """Returns the pause after a try; the exponent is limited, so that the number stays finite."""
    seconds = initial.total_seconds() * coefficient ** min(attempt - 1, 64)
    return timedelta(seconds=min(seconds, longest.total_seconds()))


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:_LONGEST]
