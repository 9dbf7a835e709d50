"""The one mapping from a gateway outcome to what Temporal does next.

==================  =====================================================================
outcome             activity
==================  =====================================================================
happened (S, F, U)  completes with the answer
did not happen      fails with `NotSent`: repeated, nothing has left this machine
unknown             fails with `OutcomeUnknown`: repeated with the same id and the same body
==================  =====================================================================
"""

from datetime import timedelta
from typing import TypeVar

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.calls import Failure
from holdfast.antom.outcome import DidNotHappen, Happened, Outcome, Unknown

A = TypeVar("A")

TRAFFIC_LIMIT = "REQUEST_TRAFFIC_EXCEED_LIMIT"
_TRAFFIC_PAUSE = timedelta(seconds=10)
NOT_CONFIGURED = "merchantAccount: is not configured at this worker"


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
            pause = _TRAFFIC_PAUSE if claimed_code == TRAFFIC_LIMIT else None
            raise ApplicationError(message, type=Failure.OUTCOME_UNKNOWN, next_retry_delay=pause)


def not_yet(seconds: float) -> ApplicationError:
    """Nothing decided: ask again after so many seconds. Benign, so it is no error in logs and metrics."""
    return ApplicationError(
        "not decided yet",
        type=Failure.NOT_YET,
        next_retry_delay=timedelta(seconds=seconds),
        category=ApplicationErrorCategory.BENIGN,
    )


def invalid_order(message: str, try_number: int) -> ApplicationError:
    """The order cannot be paid with this worker's configuration.

    Only a first try can say so for good: an earlier one may have been sent by another worker, with another
    configuration.
    """
    if try_number > 1:
        return ApplicationError(message, type=Failure.NOT_SENT)
    return ApplicationError(message, type=Failure.INVALID_ORDER, non_retryable=True)
