"""A failure is one or two lines on standard error that say what to do; a traceback is never shown."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.output import ClosedPipe
from holdfast.temporal.names import late_notification_id
from tests.unit.holdfast.cli.conftest import Run

ROOT = Path(__file__).resolve().parents[4]
COMMANDS = (
    "show",
    "list",
    "watch",
    "capture",
    "cancel",
    "refresh",
    "review",
    "resolve",
    "reconcile",
    "pay",
    "doctor",
)
CARD = "4054695723100768"
MODULE = [sys.executable, "-m", "holdfast"]


def environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TEMPORAL_ADDRESS": "127.0.0.1:1", **more}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_names_its_purpose_and_json(command: str, run: Run) -> None:
    done = run(command, "--help")
    assert done.status == ExitStatus.OK
    assert f"holdfast {command}" in done.out
    assert "--json" in done.out


def test_help_lists_every_command_and_the_exit_statuses(run: Run) -> None:
    for arguments in ((), ("--help",)):
        done = run(*arguments)
        assert done.status == ExitStatus.OK
        assert all(f"│ {command} " in done.out for command in COMMANDS)
        assert "5 a person must look" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lst",), "No such command 'lst'"),
        (("show",), "Missing argument 'REF'"),
        (("show", "A", "B"), "unexpected extra argument"),
        (("list", "--status", "PAID"), "Invalid value for '--status'"),
        (("list", "--limit", "0"), "Invalid value for '--limit'"),
        (("cancel", "A"), "Missing option '--reason'"),
        (("pay", "--card", CARD), "Invalid value for '--card'"),
        (("pay", "--card-number", CARD), "No such option"),
    ],
)
def test_misuse_is_one_line_that_names_the_help(arguments: tuple[str, ...], message: str, run: Run) -> None:
    done = run(*arguments)
    assert done.status == ExitStatus.USAGE
    assert message in done.err
    assert done.err.count("\n") == 1
    assert "--help`" in done.err
    assert CARD not in done.err + done.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "A"),
        ("list",),
        ("watch",),
        ("watch", "A"),
        ("capture", "A"),
        ("capture", "A", "--amount", "1.00"),
        ("cancel", "A", "--reason", "a test"),
        ("refresh", "A"),
        ("review",),
        ("resolve", "A", "--outcome", "FAILED", "--reason", "a test", "--evidence", "none"),
        ("reconcile", "--last", "1h"),
    ],
    ids=" ".join,
)
def test_temporal_that_does_not_answer_is_two_lines(arguments: tuple[str, ...], run: Run) -> None:
    done = run(*arguments)
    assert done.status == ExitStatus.UNAVAILABLE
    assert done.out == ""
    assert done.err.startswith("holdfast: Temporal at 127.0.0.1:1 (namespace default) cannot be reached")
    assert len(done.err.splitlines()) == 2


def test_late_notification_cannot_be_resolved_and_the_error_says_what_to_do(run: Run) -> None:
    finding = ("--outcome", "ACKNOWLEDGED", "--reason", "a test", "--evidence", "none")
    done = run("resolve", late_notification_id("0" * 40), *finding)
    assert (done.status, done.out) == (ExitStatus.REFUSED, "")
    first, advice = done.err.splitlines()
    assert "a late notification has ended when it is stored" in first
    assert "holdfast reconcile --reference REF" in advice


def test_variable_that_cannot_be_used_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "nowhere")
    done = run("list")
    assert (done.status, done.err.splitlines()[0]) == (
        ExitStatus.USAGE,
        "holdfast: TEMPORAL_ADDRESS must be host:port",
    )
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("HOLDFAST_CODEC_KEYS", "k1:short")
    done = run("list")
    assert done.status == ExitStatus.USAGE
    assert done.err.startswith("holdfast: HOLDFAST_CODEC_KEYS ")


def test_resolution_and_period_that_break_a_rule_are_refused_before_anything_is_sent(run: Run) -> None:
    blank = run("resolve", "A", "--outcome", "ACKNOWLEDGED", "--reason", "", "--evidence", "")
    assert (blank.status, blank.err.splitlines()[0]) == (
        ExitStatus.REFUSED,
        "holdfast: reason: must not be empty; evidence: must not be empty",
    )
    card = run("resolve", "A", "--outcome", "ACKNOWLEDGED", "--reason", f"card {CARD}", "--evidence", "none")
    assert card.status == ExitStatus.REFUSED
    assert CARD not in card.err
    assert run("reconcile").status == ExitStatus.REFUSED
    assert run("reconcile", "--last", "soon").status == ExitStatus.USAGE
    assert run("capture", "A", "--amount", "1.00", "--minor-units", "100").status == ExitStatus.USAGE


def test_interrupt_and_closed_pipe_have_the_statuses_of_a_shell(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error, status in ((KeyboardInterrupt, 130), (ClosedPipe, 141), (BrokenPipeError, 141)):

        def fails(_: object, error: type[BaseException] = error) -> None:
            raise error

        monkeypatch.setattr("holdfast.cli.commands.listing.with_session", fails)
        done = run("list")
        assert (done.status, done.out, done.err) == (status, "", "")


def test_reader_that_closes_the_pipe_sees_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*MODULE, "--version"], env=environment(), stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (ExitStatus.CLOSED_PIPE, b"")


def test_ctrl_c_ends_a_running_command_with_130_and_without_a_traceback() -> None:
    # the server accepts and never answers, so that the command waits for Temporal
    with socket.create_server(("127.0.0.1", 0)) as server:
        variables = environment(TEMPORAL_ADDRESS=f"127.0.0.1:{server.getsockname()[1]}")
        command = subprocess.Popen(
            [*MODULE, "list"], env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        connection, _ = server.accept()
        with connection:
            command.send_signal(signal.SIGINT)
            output, errors = command.communicate(timeout=60)
    assert (command.returncode, output, errors) == (ExitStatus.INTERRUPTED, "", "")


WITHOUT_TYPER = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            raise ModuleNotFoundError("No module named 'typer'", name=name)

sys.meta_path.insert(0, Missing())
from holdfast.cli.main import main
main()
"""


def test_missing_extra_is_one_line_that_names_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TYPER], env=environment(), capture_output=True, text=True, check=False
    )
    line = "holdfast: the command line is an extra: run pip install 'holdfast-antom[cli]'\n"
    assert (done.returncode, done.stdout, done.stderr) == (ExitStatus.USAGE, "", line)


def test_output_to_a_pipe_has_no_colours_and_is_not_cut_off(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    done = run("doctor", "--merchant")
    assert done.status == ExitStatus.NEEDS_PERSON
    assert "\x1b" not in done.out
    assert "orders with a cardReference are not paid, and everything else works" in done.out


def test_completion_completes_statuses() -> None:
    words = {"COMP_WORDS": "holdfast list --status CAPTUR", "COMP_CWORD": "3"}
    variables = environment(_HOLDFAST_COMPLETE="complete_bash", **words)
    done = subprocess.run(MODULE, env=variables, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["CAPTURING", "CAPTURED"]
