"""A run of the command line in the test's process, without the caller's own settings."""

import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from holdfast.cli.invocation import invoke

NAMES = ("TEMPORAL_", "ANTOM_", "HOLDFAST_")


@dataclass(frozen=True)
class Done:
    """What a run has printed, and its exit status."""

    status: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for name in [name for name in os.environ if name.startswith(NAMES)]:
        monkeypatch.delenv(name)
    # nothing listens on port 1, so that a command that connects by mistake fails at once
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")

    def invoked(*arguments: str) -> Done:
        capsys.readouterr()
        status = invoke(arguments)
        out, err = capsys.readouterr()
        return Done(status, out, err)

    return invoked
