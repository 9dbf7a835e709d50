"""The deadline of a pay call, by the server's clock."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.gateway.pay_deadline import PayDeadline

STARTED = datetime(2031, 1, 31, 12, 0, tzinfo=UTC)
"""The server's time, which is not the time of this machine."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """This machine's monotonic time in seconds, as the only item."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def deadline(seconds: float) -> PayDeadline:
    info = replace(ActivityEnvironment.default_info(), started_time=STARTED)
    return PayDeadline(STARTED + timedelta(seconds=seconds), info)


@pytest.mark.parametrize(("seconds", "has_passed"), [(-1, True), (0, True), (0.001, False), (840, False)])
def test_server_time_at_the_start_of_the_try_decides(
    clock: list[float], seconds: float, has_passed: bool
) -> None:
    assert clock
    assert deadline(seconds).has_passed == has_passed


def test_time_since_the_start_of_the_try_counts(clock: list[float]) -> None:
    late = deadline(5)
    clock[0] += 2
    assert late.seconds_left == 3
    clock[0] += 4
    assert (late.seconds_left, late.has_passed) == (0, True)
