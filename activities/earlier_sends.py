"""Whether the gateway may have received a request id before the call that an activity makes.

A failure is believed only from a first send. The question is answered from what the server records, and not
from a counter that an operator can reset (ADR 0020).
"""

from temporalio import activity

from holdfast.validation.strict import Strict


class EarlierSends(Strict):
    """What a payment's history has about the earlier sends of a request id."""

    firstRunId: str
    """The run id of the payment's first execution. A run that follows a reset, or that continues as new, has
    another one, and any call of such a run may have been sent by the run before it."""
    isRepeat: bool = False
    """Whether an earlier activity of the same run may have sent the request id."""


def may_have_been_sent(earlier: EarlierSends, running: activity.Info) -> bool:
    """Returns whether an earlier try of this activity, or another one, may have sent the call.

    After `temporal activity reset` the attempt is 1 again. Only the time at which the attempt was scheduled
    differs then from the time at which the activity was scheduled.
    """
    return (
        earlier.isRepeat
        or running.attempt > 1
        or running.current_attempt_scheduled_time != running.scheduled_time
        or running.workflow_run_id != earlier.firstRunId
    )
