"""The result or the failure that Temporal receives for each outcome of a gateway call."""

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from activities.calls import Failure
from activities.errors import TRAFFIC_LIMIT, failing_unsent, too_late, unwrap
from holdfast.antom.outcome import DidNotHappen, Happened, Outcome, Unknown
from holdfast.card_vault import CardNotFound, VaultUnavailable


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


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ApplicationError("not configured", type=Failure.NOT_SENT), "not configured"),
        (
            ApplicationError("limit", type=Failure.NOT_SENT, next_retry_delay=timedelta(seconds=20)),
            "limit",
        ),
        (VaultUnavailable("card vault: TimeoutError"), "card vault: TimeoutError"),
        (ValueError("the buyer's name"), "ValueError"),
    ],
)
def test_failure_before_a_first_send_is_recorded_as_never_sent(error: Exception, message: str) -> None:
    with pytest.raises(ApplicationError) as raised, failing_unsent(may_have_been_sent=False):
        raise error
    assert (raised.value.type, raised.value.non_retryable) == (Failure.NEVER_SENT, True)
    assert raised.value.message == message
    assert raised.value.next_retry_delay == getattr(error, "next_retry_delay", None)
    with pytest.raises(type(error)) as repeated, failing_unsent(may_have_been_sent=True):
        raise error
    assert repeated.value is error


@pytest.mark.parametrize(
    "error", [ApplicationError("no answer", type=Failure.OUTCOME_UNKNOWN), CardNotFound()]
)
def test_unknown_outcome_and_missing_card_are_not_recorded_as_never_sent(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, failing_unsent(may_have_been_sent=False):
        raise error
    assert raised.value is error


@pytest.mark.parametrize(
    ("may_have_been_sent", "failure"), [(False, Failure.TOO_LATE), (True, Failure.OUTCOME_UNKNOWN)]
)
def test_call_after_the_deadline_is_not_retried(may_have_been_sent: bool, failure: Failure) -> None:
    error = too_late(may_have_been_sent=may_have_been_sent)
    assert (error.type, error.non_retryable) == (failure, True)
