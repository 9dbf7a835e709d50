"""The report of the rounds, and orders that were not authorized exactly once."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from tools.bench.recovery import Recovery, is_authorized_once
from tools.bench.report import Report, print_report
from tools.local_stack.ledger import OrderSummary

ROUNDS = [Recovery(called=4.0, authorized=5.5), Recovery(called=2.0, authorized=3.0), Recovery(3.0, 9.25)]
ONCE = OrderSummary(attempts=1, live=1, most_live=1, pay_calls=2)


def printed(report: Report) -> str:
    out = Console(file=io.StringIO(), width=120)
    print_report(out, report)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_table_shows_median_worst_and_best() -> None:
    lines = [line.split() for line in printed(Report(ROUNDS, [])).splitlines()]
    assert ["3.0", "4.0", "2.0"] in [line[-3:] for line in lines if line[:2] == ["pay", "call"]]
    assert ["5.5", "9.2", "3.0"] in [line[-3:] for line in lines if line[:2] == ["merchant", "has"]]


def test_file_has_every_round_and_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    Report(ROUNDS, []).write(file)
    content = json.loads(file.read_text())
    assert content["measures"]["merchant has AUTHORIZED"]["all"] == [5.5, 3.0, 9.25]
    assert content["settings"].keys() == {"heartbeatTimeout", "stickyTimeout"}


def test_violation_is_printed() -> None:
    text = printed(Report(ROUNDS, ["bench-1-0000: two holds"]))
    assert "VIOLATION  bench-1-0000: two holds" in text
    assert "one live authorization" not in text


@pytest.mark.parametrize(
    "order",
    [
        OrderSummary(),
        OrderSummary(attempts=1, live=2, most_live=2),
        OrderSummary(attempts=2, live=1, most_live=1),
        OrderSummary(attempts=1, live=0, most_live=1),
        OrderSummary(attempts=1, live=1, most_live=1, captured=30000),
    ],
)
def test_order_not_authorized_exactly_once_is_a_violation(order: OrderSummary) -> None:
    assert is_authorized_once(ONCE)
    assert not is_authorized_once(order)
