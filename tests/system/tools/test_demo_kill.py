"""`kill -9` of a process of a running demo: it is started again, and the demo reports on the payment."""

import os
import re
import signal
from pathlib import Path

import httpx
import pytest

from tests.support.tools.running_demo import (
    demo,
    output_until,
    processes_of,
    reads_proc,
    run_sourced,
    wait_for_output,
)
from tools.local_stack.temporal_server import PROGRAM

pytestmark = reads_proc
INVITED = "prints here what happened"
VALUE = 2500


def id_of(name: str, printed: str) -> int:
    """Returns the process id in the last table of the processes."""
    return int(re.findall(rf"^{name} +(\d+) ", printed, re.MULTILINE)[-1])


def rows_of(reference: str, report: str) -> tuple[list[str], list[str]]:
    """Returns the two rows of a payment that has changed, without its reference."""
    lines = report.splitlines()
    [number] = [number for number, line in enumerate(lines) if line.startswith(f"{reference} ")]
    return lines[number].split()[1:], lines[number + 1].split()


def ledger_of(folder: Path, reference: str) -> tuple[int, int]:
    """Returns how much the gateway has captured of an order, and in how many captures."""
    url = run_sourced(folder, "/bin/sh", "-c", 'printf %s "$HOLDFAST_SIMULATOR_URL"')
    order = httpx.get(f"{url}/ledger", trust_env=False).raise_for_status().json()["orders"][reference]
    return order["capturedAmount"], len(order["captures"])


def status_of(folder: Path, reference: str) -> str:
    """Returns what `temporal` prints about the search attributes of a payment."""
    return run_sourced(
        folder, str(PROGRAM), "workflow", "describe", "--workflow-id", f"card-payment-{reference}"
    )


@pytest.mark.timeout(300)
def test_killed_processes_are_started_again_and_each_payment_is_captured_once(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as process:
        invitation = output_until(process, INVITED)
        assert f"    kill -9 {id_of('worker', invitation)}\n" in invitation
        for number, name in enumerate(("worker", "webhook", "temporal"), start=1):
            os.kill(id_of(name, invitation), signal.SIGKILL)
            report = output_until(process, INVITED)
            assert f"{name} (process {id_of(name, invitation)}) was killed by SIGKILL" in report
            assert id_of(name, report) != id_of(name, invitation)
            assert rows_of(f"try-{number}", report) == (
                ["before", "AUTHORIZED", "EUR", "25.00", "held"],
                ["now", "CAPTURED", "EUR", "25.00", "captured"],
            )
            assert "and captured EUR 25.00 once." in report
            assert ledger_of(folder, f"try-{number}") == (VALUE, 1)
            assert "CAPTURED" in status_of(folder, f"try-{number}")
            invitation = report
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert processes_of(folder) == {}


def test_end_of_the_simulator_ends_the_demo_with_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder, "--no-scenarios") as process:
        printed = output_until(process, "what happened to open payments")
        os.kill(id_of("simulator", printed), signal.SIGKILL)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1, output
    assert output.splitlines()[-1].startswith("python -m tools.demo: simulator (process ")
    assert output.rstrip().endswith(f"so the run ends ({folder.resolve() / 'logs' / 'simulator.log'})")
    assert processes_of(folder) == {}


def test_dev_starts_the_shop_without_payments_and_stays_until_a_signal(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder, "--no-scenarios") as process:
        printed = output_until(process, "what happened to open payments")
        shop = httpx.get(re.findall(r"^pay by hand +(\S+)$", printed, re.MULTILINE)[0], trust_env=False)
        os.kill(id_of("worker", printed), signal.SIGKILL)
        wait_for_output(process, "No payment was open.")
        listed = run_sourced(folder, str(PROGRAM), "workflow", "count")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert shop.status_code == 200
    assert listed.strip() == "Total: 0"
    assert f"source {folder.resolve()}/merchant.env" in printed
    assert process.returncode == 0, output
    assert processes_of(folder) == {}
