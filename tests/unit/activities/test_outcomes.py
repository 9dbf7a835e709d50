"""The result or the failure that Temporal receives for each outcome of a gateway call."""

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from activities.calls import Failure
from activities.errors import TRAFFIC_LIMIT, unwrap
from holdfast.antom.outcome import DidNotHappen, Happened, Outcome, Unknown


def test_outcome_with_response_returns_it() -> None:
    assert unwrap(Happened("response")) == "response"


@pytest.mark.parametrize(
    ("outcome", "failure", "pause"),
    [
        (DidNotHappen("not sent"), Failure.NOT_SENT, None),
        (DidNotHappen("rate limited", timedelta(seconds=20)), Failure.NOT_SENT, timedelta(seconds=20)),
        (Unknown("no answer"), Failure.OUTCOME_UNKNOWN, None),
        (Unknown("used before", None, timedelta(seconds=2)), Failure.OUTCOME_UNKNOWN, None),
        (Unknown("HTTP 200", TRAFFIC_LIMIT), Failure.OUTCOME_UNKNOWN, timedelta(seconds=10)),
    ],
)
def test_outcome_without_response_is_retried(
    outcome: Outcome[str], failure: Failure, pause: timedelta | None
) -> None:
    with pytest.raises(ApplicationError) as raised:
        unwrap(outcome)
    assert (raised.value.type, raised.value.non_retryable) == (failure, False)
    assert raised.value.next_retry_delay == pause
