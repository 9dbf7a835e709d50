"""Durations and times are read exactly, and shown in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from holdfast.cli.failure import CommandFailed
from holdfast.cli.periods import moment_of, seconds_of
from holdfast.cli.views.times import ago, duration, utc

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30min", 1800), ("24h", 86_400), ("7d", 604_800)]
)
def test_duration_is_read_in_seconds(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "24", "0h", "1.5h", "-1h", "24 h", "1w"])
def test_text_that_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(CommandFailed, match="no duration"):
        seconds_of(text)


def test_time_without_an_offset_is_in_utc() -> None:
    assert moment_of("2026-11-30T12:00:00") == NOON
    assert moment_of("2026-11-30T13:00:00+01:00") == NOON
    assert moment_of("2026-11-30") == NOON.replace(hour=0)


def test_text_that_is_no_time_is_refused() -> None:
    with pytest.raises(CommandFailed, match="no time"):
        moment_of("yesterday")


def test_time_is_shown_in_utc() -> None:
    assert utc(NOON.astimezone(timezone(timedelta(hours=8)))) == "2026-11-30 12:00:00 UTC"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (3_840, "1 h 4 min"), (3_600, "1 h"), (90_000, "1 d 1 h"), (86_460, "1 d")],
)
def test_duration_is_shown_in_its_two_largest_units(seconds: int, text: str) -> None:
    assert duration(timedelta(seconds=seconds)) == text


def test_past_and_future_are_distinguished() -> None:
    assert ago(NOON - timedelta(minutes=5), NOON) == "5 min ago"
    assert ago(NOON + timedelta(minutes=5), NOON) == "in 5 min"
