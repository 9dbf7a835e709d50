"""Whether a call may have been sent before: only a first try in the first run is certainly a first send."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from temporalio.activity import Info
from temporalio.testing import ActivityEnvironment

from activities.earlier_sends import EarlierSends, may_have_been_sent

SCHEDULED = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
FIRST_RUN = "first-run"


def running(*, attempt: int = 1, later: timedelta = timedelta(0), run_id: str = FIRST_RUN) -> Info:
    return replace(
        ActivityEnvironment.default_info(),
        attempt=attempt,
        scheduled_time=SCHEDULED,
        current_attempt_scheduled_time=SCHEDULED + later,
        workflow_run_id=run_id,
    )


def test_first_try_in_the_first_run_is_a_first_send() -> None:
    assert not may_have_been_sent(EarlierSends(firstRunId=FIRST_RUN), running())


@given(
    attempt=st.integers(1, 50),
    later=st.timedeltas(timedelta(0), timedelta(days=30)),
    run_id=st.sampled_from([FIRST_RUN, "run-after-a-reset"]),
    is_repeat=st.booleans(),
)
def test_any_sign_of_an_earlier_send_makes_a_repeat(
    attempt: int, later: timedelta, run_id: str, is_repeat: bool
) -> None:
    """After a reset of the activity the attempt is 1 and was scheduled later than the activity."""
    signs = (attempt > 1, later > timedelta(0), run_id != FIRST_RUN, is_repeat)
    earlier = EarlierSends(firstRunId=FIRST_RUN, isRepeat=is_repeat)
    info = running(attempt=attempt, later=later, run_id=run_id)
    assert may_have_been_sent(earlier, info) == any(signs)
