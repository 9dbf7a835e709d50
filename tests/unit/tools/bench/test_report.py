"""What the rounds say together, and what the ledger can say against them."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from tools.bench.recovery import Recovery, is_right
from tools.bench.report import Report, tell
from tools.local_stack.ledger_client import Account

ROUNDS = [Recovery(called=4.0, authorized=5.5), Recovery(called=2.0, authorized=3.0), Recovery(3.0, 9.25)]
ONCE = Account(attempts=1, live=1, most_live=1, pay_calls=2)


def told(report: Report) -> str:
    out = Console(file=io.StringIO(), width=120)
    tell(out, report)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_the_table_shows_median_worst_and_best() -> None:
    lines = [line.split() for line in told(Report(ROUNDS, [])).splitlines()]
    assert ["3.0", "4.0", "2.0"] in [line[-3:] for line in lines if line[:2] == ["pay", "call"]]
    assert ["5.5", "9.2", "3.0"] in [line[-3:] for line in lines if line[:2] == ["merchant", "has"]]


def test_the_file_holds_every_round_and_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    Report(ROUNDS, []).write(file)
    content = json.loads(file.read_text())
    assert content["measures"]["merchant has AUTHORIZED"]["all"] == [5.5, 3.0, 9.25]
    assert content["settings"].keys() == {"heartbeatTimeout", "stickyTimeout"}


def test_a_violation_is_told() -> None:
    said = told(Report(ROUNDS, ["bench-1-0000: two holds"]))
    assert "VIOLATION  bench-1-0000: two holds" in said
    assert "one live authorization" not in said


@pytest.mark.parametrize(
    "account",
    [
        Account(),
        Account(attempts=1, live=2, most_live=2),
        Account(attempts=2, live=1, most_live=1),
        Account(attempts=1, live=0, most_live=1),
        Account(attempts=1, live=1, most_live=1, captured=30000),
    ],
)
def test_an_order_that_was_not_authorized_exactly_once_is_wrong(account: Account) -> None:
    assert is_right(ONCE)
    assert not is_right(account)
