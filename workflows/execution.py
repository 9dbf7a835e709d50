"""Executes the activities of workflows, with their timeouts, retries, heartbeats and failures."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from holdfast.errors import HoldfastError
from workflows.timing import CALL, HEARTBEAT

T = TypeVar("T")


@dataclass(frozen=True)
class Activity(Generic[T]):
    """One activity: its name, the type of its result, and how it is retried."""

    name: str
    result: type[T]
    retry: RetryPolicy
    start_to_close: timedelta = CALL
    """How long one try may take."""
    schedule_to_close: timedelta | None = None
    """How long all tries together may take; unlimited where it is None."""
    refusal: type[HoldfastError] | None = None
    """The error by which a worker refuses the argument and does nothing; None where it refuses none."""


class ActivityRefused(ApplicationError):
    """The worker refuses the argument by the activity's `refusal`; nothing was done."""

    def __init__(self, message: str, type_name: str) -> None:
        super().__init__(message, type=type_name, non_retryable=True)


async def execute(activity: Activity[T], argument: object, summary: str) -> T:
    """Returns the activity's result. An operator sees `summary` at the activity in the Temporal UI.

    Raises ActivityRefused where the worker refuses the argument, ActivityError where the activity failed or
    was cancelled.
    """
    try:
        result: T = await workflow.execute_activity(
            activity.name,
            argument,
            result_type=activity.result,
            start_to_close_timeout=activity.start_to_close,
            schedule_to_close_timeout=activity.schedule_to_close,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=activity.retry,
            summary=summary,
        )
    except ActivityError as error:
        if (refused := _refused(activity, error.cause)) is not None:
            raise refused from None
        raise
    return result


async def execute_or_none(activity: Activity[T], argument: object, summary: str) -> T | None:
    """Returns the activity's result; None where it failed or was cancelled. Raises ActivityRefused."""
    try:
        return await execute(activity, argument, summary)
    except ActivityError:
        return None


def _refused(activity: Activity[T], cause: BaseException | None) -> ActivityRefused | None:
    refusal = activity.refusal.__name__ if activity.refusal else None
    if isinstance(cause, ApplicationError) and cause.type is not None and cause.type == refusal:
        return ActivityRefused(cause.message, cause.type)
    return None
