"""Maps the outcome of a gateway call to the completion or the failure of its activity.

==================  =====================================================================
outcome             activity
==================  =====================================================================
happened (S, F, U)  completes with the answer
did not happen      fails with `NotSent`: repeated, nothing was sent
unknown             fails with `OutcomeUnknown`: repeated with the same id and the same body
==================  =====================================================================

A pay call of which no earlier send is possible fails with `NeverSent` instead of `NotSent`. The history
records that, and the workflow makes the call again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.calls import Failure
from holdfast.antom.outcome import DidNotHappen, Happened, Outcome, Unknown
from holdfast.card_vault import CardNotFound, CardUnreadable, CardVaultError

A = TypeVar("A")

TRAFFIC_LIMIT = "REQUEST_TRAFFIC_EXCEED_LIMIT"
_TRAFFIC_PAUSE = timedelta(seconds=10)
NOT_CONFIGURED = "merchantAccount: is not configured at this worker"


class CardUnusable(Exception):
    """No request can be built from this card and this order; another attempt can have another one."""


UNUSABLE_CARD = (CardNotFound, CardUnreadable, CardUnusable)
"""The errors of a card that decide its attempt."""


def unwrap(outcome: Outcome[A]) -> A:
    """Returns the response of an outcome that happened.

    Raises:
        ApplicationError: `NotSent` when the call did not happen, `OutcomeUnknown` when its outcome is
            unknown; both are retryable.
    """
    match outcome:
        case Happened(response):
            return response
        case DidNotHappen(reason, retry_after):
            raise ApplicationError(reason, type=Failure.NOT_SENT, next_retry_delay=retry_after)
        case Unknown(reason, claimed_code):
            message = f"{reason} (claims {claimed_code})" if claimed_code else reason
            # otherwise the pauses of the retry policy apply, which begin with one second and grow
            pause = _TRAFFIC_PAUSE if claimed_code == TRAFFIC_LIMIT else None
            raise ApplicationError(message, type=Failure.OUTCOME_UNKNOWN, next_retry_delay=pause)


def not_yet(seconds: float) -> ApplicationError:
    """Returns the error of an activity that retries after this many seconds.

    It is benign: logs and metrics do not count it as an error.
    """
    return ApplicationError(
        "not decided yet",
        type=Failure.NOT_YET,
        next_retry_delay=timedelta(seconds=seconds),
        category=ApplicationErrorCategory.BENIGN,
    )


@contextmanager
def failing_unsent(*, may_have_been_sent: bool) -> Iterator[None]:
    """Runs the part of a pay call that fails before anything is sent.

    Where no earlier send is possible, a failure of this part becomes `NeverSent`. Two failures do not: one
    with an unknown outcome, and a card that is missing or cannot be used, which decides the attempt.
    """
    try:
        yield
    except UNUSABLE_CARD:
        raise
    except Exception as error:
        is_unknown = isinstance(error, ApplicationError) and error.type == Failure.OUTCOME_UNKNOWN
        if may_have_been_sent or is_unknown:
            raise
        raise _never_sent(error) from error


def _never_sent(error: Exception) -> ApplicationError:
    """Returns the error whose text an operator reads in clear: no text of an unexpected error is in it."""
    if isinstance(error, ApplicationError):
        reason, pause = error.message, error.next_retry_delay
    else:
        reason, pause = str(error) if isinstance(error, CardVaultError) else type(error).__name__, None
    return ApplicationError(reason, type=Failure.NEVER_SENT, non_retryable=True, next_retry_delay=pause)


def too_late(*, may_have_been_sent: bool) -> ApplicationError:
    """Returns the error of a pay call whose deadline has passed, so that it is not sent any more.

    Where an earlier send is possible, its outcome is unknown, and inquiries decide.
    """
    if may_have_been_sent:
        reason = "the buyer's time has passed: the call is not repeated"
        return ApplicationError(reason, type=Failure.OUTCOME_UNKNOWN, non_retryable=True)
    reason = "the buyer's time has passed before the call was sent"
    return ApplicationError(reason, type=Failure.TOO_LATE, non_retryable=True)
