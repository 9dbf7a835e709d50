"""The demo as a subprocess: it ends by itself or by a signal, and leaves no process."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.support.tools.running_demo import demo, processes_of, reads_proc, run_sourced, wait_for_output
from tools.demo.scenarios import LAST_SCENARIO, SCENARIOS
from tools.local_stack.temporal_server import PROGRAM

pytestmark = reads_proc
NAMES = [scenario.name for scenario in (*SCENARIOS, LAST_SCENARIO)]
PROCESSES = ("temporal", "simulator", "worker.py", "webhook.py")
SHOW_ORDER = ("workflow", "show", "--detailed", "--workflow-id", "card-payment-own-code")


def test_once_runs_every_scenario_and_ends_with_a_table(tmp_path: Path) -> None:
    with demo(tmp_path / "demo", "--once") as process:
        output, _ = process.communicate(timeout=110)
    assert process.returncode == 0, output
    table = output[output.index("payment ") :].splitlines()
    assert [line.split()[1] for line in table if line.startswith("✓")] == NAMES
    assert "✗" not in output
    assert output.rstrip().endswith(f"all {len(NAMES)} payments are where they should be")
    assert "\x1b" not in output
    assert processes_of(tmp_path / "demo") == {}


def test_signal_leaves_no_process_and_the_next_run_starts_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with demo(folder) as process:
            wait_for_output(process, "→ AUTHORIZING")
            running = " ".join(processes_of(folder).values())
            assert all(name in running for name in PROCESSES), running
            assert "codec_server.py" not in running
            process.send_signal(number)
            output, _ = process.communicate(timeout=60)
        assert process.returncode == 128 + number, output
        assert output.rstrip().endswith("ending everything ..."), output
        assert processes_of(folder) == {}
        assert not (folder / "merchant.env").exists()


@pytest.mark.parametrize("arguments", [(), ("--encrypted",)], ids=["plain", "encrypted"])
def test_program_of_a_merchant_pays_and_captures_with_the_environment_file(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    folder = tmp_path / "demo"
    with demo(folder, *arguments) as process:
        wait_for_output(process, f"source {folder.resolve()}/merchant.env")
        paid = run_sourced(folder, sys.executable, "-m", "tests.support.tools.merchant_program", "own-code")
        stored = run_sourced(folder, str(PROGRAM), *SHOW_ORDER)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert paid == "CAPTURED\n"
    assert ("Two cups" in stored) is (not arguments)


def test_process_that_ends_by_itself_ends_the_demo_with_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as process:
        wait_for_output(process, "payments are on their way")
        (webhook,) = (pid for pid, command in processes_of(folder).items() if "webhook.py" in command)
        os.kill(webhook, signal.SIGKILL)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1, output
    last = output.splitlines()[-1]
    assert last.startswith("python -m tools.demo: webhook ended with status -9; last line of its log: ")
    assert last.endswith(f"({folder.resolve() / 'logs' / 'webhook.log'})")
    assert processes_of(folder) == {}


def test_second_demo_in_the_folder_is_refused_with_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as first:
        wait_for_output(first, "starting Temporal")
        with demo(folder, "--once") as second:
            output, _ = second.communicate(timeout=60)
        assert second.returncode == 1
        where = folder.resolve()
        refusal = f"python -m tools.demo: another run uses {where}: end it, or name another --folder"
        assert output.splitlines() == [refusal]
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=60)
    assert processes_of(folder) == {}
