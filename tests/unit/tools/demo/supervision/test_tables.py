"""The tables that a reader sees who kills a process: ids to copy, and each payment before and after."""

import io
import os
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from tools.demo.supervision.open_payments import ObservedPayment
from tools.demo.supervision.payments_table import money_in, payments_table
from tools.demo.supervision.process_table import AFTER_KILL, display_name, kill_command, process_table
from tools.local_stack.ledger import OrderSummary
from tools.local_stack.processes import Process, ProcessGroup

HELD = ObservedPayment("AUTHORIZED", OrderSummary(attempts=1, live=1, held=2500))
TAKEN = ObservedPayment("CAPTURED", OrderSummary(attempts=1, live=1, captured=2500))


def printed(table: Table, width: int) -> list[str]:
    out = Console(file=io.StringIO(), width=width, highlight=False)
    out.print(table)
    assert isinstance(out.file, io.StringIO)
    return [line.rstrip() for line in out.file.getvalue().splitlines()]


def sleeper(folder: Path, name: str) -> Process:
    return Process(name, [sys.executable, "-c", "import time; time.sleep(60)"], {}, folder / f"{name}.log")


@pytest.mark.parametrize("width", [80, 100, 120])
def test_every_process_has_its_id_in_one_line(tmp_path: Path, width: int) -> None:
    with ProcessGroup() as group:
        processes = [group.add(sleeper(tmp_path, name)) for name in AFTER_KILL]
        for process in processes:
            process.launch()
        lines = printed(process_table(processes), width)
        for process in processes:
            [row] = [line.split() for line in lines if line.startswith(process.name)]
            assert row[:2] == [process.name, str(process.pid)]
    assert max(len(line) for line in lines) <= width


def test_command_names_the_process_that_runs(tmp_path: Path) -> None:
    with ProcessGroup() as group:
        worker = group.add(sleeper(tmp_path, "worker"))
        worker.launch()
        assert kill_command(worker) == f"kill -9 {worker.pid}"
        assert os.getpgid(worker.pid) == worker.pid


def test_payment_is_shown_before_and_after() -> None:
    lines = printed(payments_table({"try-1": HELD}, {"try-1": TAKEN}), 80)
    assert [line.split() for line in lines[-2:]] == [
        ["try-1", "before", "AUTHORIZED", "EUR", "25.00", "held"],
        ["now", "CAPTURED", "EUR", "25.00", "captured"],
    ]


def test_unchanged_payment_is_shown_once() -> None:
    lines = printed(payments_table({"try-1": HELD}, {"try-1": HELD}), 80)
    assert lines[-1].split() == ["try-1", "unchanged", "AUTHORIZED", "EUR", "25.00", "held"]


def test_references_and_statuses_are_whole_in_80_columns() -> None:
    partly = ObservedPayment("PARTIALLY_CAPTURED", OrderSummary(held=27500, captured=2500))
    references = ["typescript-c154a8fe", "typescript-c154a8ff"]
    lines = printed(payments_table(dict.fromkeys(references, partly), dict.fromkeys(references, partly)), 80)
    rows = [line.split()[:3] for line in lines if line.startswith("typescript")]
    assert rows == [[reference, "unchanged", "PARTIALLY_CAPTURED"] for reference in references]
    assert max(len(line) for line in lines) <= 80


@pytest.mark.parametrize(
    ("order", "text"),
    [
        (OrderSummary(), "no money moved"),
        (OrderSummary(voided=1), "voided"),
        (OrderSummary(held=2500), "EUR 25.00 held"),
        (OrderSummary(held=500, captured=2000), "EUR 5.00 held, EUR 20.00 captured"),
    ],
)
def test_record_of_the_gateway_is_in_words(order: OrderSummary, text: str) -> None:
    assert money_in(order) == text


def test_process_has_a_name_inside_a_sentence(tmp_path: Path) -> None:
    names = [display_name(sleeper(tmp_path, name)) for name in ("temporal", "worker", "codec_server")]
    assert names == ["Temporal", "the worker", "the codec server"]
