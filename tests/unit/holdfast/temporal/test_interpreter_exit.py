"""The exit of the interpreter waits for native threads in Python, and not for longer than its limit."""

import threading
import time
from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from holdfast.temporal import interpreter_exit
from holdfast.temporal.interpreter_exit import native_threads, wait_for_native_threads


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time at the start of each pause; a pause takes no real time."""
    pauses = [0.0]

    def pause(seconds: float) -> None:
        pauses.append(pauses[-1] + seconds)

    monkeypatch.setattr(time, "sleep", pause)
    monkeypatch.setattr(time, "monotonic", lambda: pauses[-1])
    return pauses


def counted(monkeypatch: pytest.MonkeyPatch, counts: Iterator[int]) -> None:
    monkeypatch.setattr(interpreter_exit, "native_threads", lambda: next(counts))


def test_exit_waits_for_ten_quiet_checks_in_a_row(
    monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    counted(monkeypatch, chain([2, 0, 0, 1], repeat(0)))
    wait_for_native_threads()
    assert len(clock) - 1 == 14


def test_exit_waits_for_two_seconds_at_most(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    counted(monkeypatch, repeat(1))
    wait_for_native_threads()
    assert 2.0 <= clock[-1] < 2.01


def test_thread_of_python_is_not_a_native_thread() -> None:
    before, ending = native_threads(), threading.Event()
    thread = threading.Thread(target=ending.wait)
    thread.start()
    during = native_threads()
    ending.set()
    thread.join()
    assert during == before
