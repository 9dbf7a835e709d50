"""Maps the outcome of a gateway call to the completion or the failure of its activity.

==================  =====================================================================
outcome             activity
==================  =====================================================================
happened (S, F, U)  completes with the answer
did not happen      fails with `NotSent`: repeated, nothing was sent
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
        case Unknown(reason, claimed_code, retry_after):
            message = f"{reason} (claims {claimed_code})" if claimed_code else reason
            pause = _TRAFFIC_PAUSE if claimed_code == TRAFFIC_LIMIT else retry_after
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


def invalid_order(message: str, try_number: int) -> ApplicationError:
    """Returns the error of an order that cannot be paid with this worker's configuration.

    Only on the first try it is final. Before a later one, another worker with another configuration can have
    sent the call.
    """
    if try_number > 1:
        return ApplicationError(message, type=Failure.NOT_SENT)
    return ApplicationError(message, type=Failure.INVALID_ORDER, non_retryable=True)
