"""A failed gateway call is one line of the worker's log; an unexpected error keeps its traceback."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio import activity
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.calls import PAY, Failure
from activities.errors import failing_unsent
from holdfast.card_vault import CardVaultError
from holdfast.temporal.names import workflow_id
from services.worker import activity_log

POLICY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=10),
    maximum_attempts=5,
)
MARKED = {"__temporal_error_identifier": "ActivityFailure"}


@pytest.fixture(autouse=True)
def shortened() -> Iterator[None]:
    """Installs the filter for one test."""
    logger = logging.getLogger(activity_log.LOGGER)
    before = [*logger.filters]
    activity_log.log_expected_failures_in_one_line()
    yield
    logger.filters = before


def logged(
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    *,
    attempt: int = 1,
    target: str = workflow_id("ORDER_1"),
) -> str:
    """Returns what the log has of an activity that fails, as the SDK logs it."""
    environment = ActivityEnvironment()
    environment.info = replace(
        environment.info, workflow_id=target, activity_type=PAY, attempt=attempt, retry_policy=POLICY
    )

    def fails() -> None:
        try:
            raise error
        except Exception:  # the SDK logs whatever an activity raises
            activity.logger.warning("Completing activity as failed", exc_info=True, extra=MARKED)

    environment.run(fails)
    return caplog.text


def unknown(*, next_retry_delay: timedelta | None = None, non_retryable: bool = False) -> ApplicationError:
    return ApplicationError(
        "no answer",
        type=Failure.OUTCOME_UNKNOWN,
        next_retry_delay=next_retry_delay,
        non_retryable=non_retryable,
    )


@pytest.mark.parametrize(
    ("error", "attempt", "ending"),
    [
        (unknown(), 1, "try 2 follows in 1 s, unless its time is over"),
        (unknown(), 3, "try 4 follows in 4 s, unless its time is over"),
        (
            unknown(next_retry_delay=timedelta(seconds=30)),
            1,
            "try 2 follows in 30 s, unless its time is over",
        ),
        (unknown(), 5, "try 5 was the last one"),
        (unknown(non_retryable=True), 1, "it is not tried again"),
    ],
)
def test_failed_gateway_call_is_one_line_with_reference_operation_error_and_next_try(
    caplog: pytest.LogCaptureFixture, error: ApplicationError, attempt: int, ending: str
) -> None:
    [line] = logged(caplog, error, attempt=attempt).splitlines()
    assert line.endswith(f"payment ORDER_1: pay failed (OutcomeUnknown): no answer; {ending}")


def test_unanswering_card_vault_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    [line] = logged(caplog, CardVaultError("the card vault is away")).splitlines()
    assert "pay failed (CardVaultError): the card vault is away; try 2" in line


def test_line_break_of_the_gateway_begins_no_line(caplog: pytest.LogCaptureFixture) -> None:
    forged = ApplicationError("claims X\n2026-11-30 ERROR forged" + "y" * 9_000, type=Failure.OUTCOME_UNKNOWN)
    [line] = logged(caplog, forged).splitlines()
    assert len(line) < 500


def test_activity_of_another_workflow_is_named_by_its_workflow_id(caplog: pytest.LogCaptureFixture) -> None:
    [line] = logged(caplog, unknown(), target="reconciliation-default-day").splitlines()
    assert "reconciliation-default-day: pay failed (OutcomeUnknown)" in line


def test_unexpected_error_keeps_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    text = logged(caplog, ZeroDivisionError("division by zero"))
    assert "Completing activity as failed" in text
    assert "Traceback (most recent call last)" in text


def test_unexpected_error_before_a_send_keeps_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ApplicationError) as caught, failing_unsent(may_have_been_sent=False):
        raise ZeroDivisionError
    text = logged(caplog, caught.value)
    assert "ZeroDivisionError" in text
    assert "Traceback (most recent call last)" in text
