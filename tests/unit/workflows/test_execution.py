"""The error or the result that a workflow receives from an activity."""

from dataclasses import replace
from typing import Any

import pytest
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from holdfast.errors import HoldfastError, InvalidOrder, InvalidRequest
from workflows.execution import Activity, ActivityRefused, execute, execute_or_none

ACTIVITY = Activity("count", int, RetryPolicy(maximum_attempts=3))


def failing(cause: BaseException) -> ActivityError:
    error = ActivityError(
        "failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="worker",
        activity_type="count",
        activity_id="1",
        retry_state=RetryState.NON_RETRYABLE_FAILURE,
    )
    error.__cause__ = cause
    return error


def activity_raises(monkeypatch: pytest.MonkeyPatch, cause: BaseException) -> None:
    async def raising(*_: Any, **__: Any) -> None:
        raise failing(cause)

    monkeypatch.setattr(workflow, "execute_activity", raising)


async def test_result_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    async def counting(name: str, argument: object, **options: Any) -> int:
        given.update(options, name=name, argument=argument)
        return 0

    monkeypatch.setattr(workflow, "execute_activity", counting)
    assert await execute_or_none(ACTIVITY, "argument", "a summary") == 0
    assert (given["name"], given["argument"], given["summary"]) == ("count", "argument", "a summary")
    assert (given["result_type"], given["retry_policy"]) == (int, ACTIVITY.retry)


@pytest.mark.parametrize("refusal", [InvalidOrder, InvalidRequest])
async def test_refusal_keeps_its_type_and_message(
    monkeypatch: pytest.MonkeyPatch, refusal: type[HoldfastError]
) -> None:
    name = refusal.__name__
    activity_raises(monkeypatch, ApplicationError("merchantAccount: is not configured", type=name))
    for run in (execute, execute_or_none):
        with pytest.raises(ActivityRefused, match="is not configured") as refused:
            await run(replace(ACTIVITY, refusal=refusal), None, "")
        assert (refused.value.type, refused.value.non_retryable) == (name, True)


async def test_refusal_of_an_activity_that_refuses_nothing_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    activity_raises(monkeypatch, ApplicationError("order: is invalid", type=InvalidOrder.__name__))
    assert await execute_or_none(ACTIVITY, None, "") is None


@pytest.mark.parametrize("type_name", ["NotSent", "OutcomeUnknown", "NotYet"])
async def test_other_failure_is_an_error_with_its_cause_or_none(
    monkeypatch: pytest.MonkeyPatch, type_name: str
) -> None:
    cause = ApplicationError("the gateway is unavailable", type=type_name)
    activity_raises(monkeypatch, cause)
    assert await execute_or_none(ACTIVITY, None, "") is None
    with pytest.raises(ActivityError) as failed:
        await execute(ACTIVITY, None, "")
    assert failed.value.cause is cause
