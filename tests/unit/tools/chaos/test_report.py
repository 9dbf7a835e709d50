"""The report names every violation, and the command that repeats the run."""

import io
import json
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from holdfast import PaymentStatus
from holdfast.payment import Review
from tests.unit.tools.chaos.run_records import (
    NOW,
    REFERENCE,
    VALUE,
    attempt,
    capture_entry,
    good,
    ledger,
    payment,
    run_record,
)
from tools.chaos.checks.money_checks import find_violations
from tools.chaos.checks.run_record import RunRecord
from tools.chaos.report import Report, print_report

REPEAT = 'make chaos ARGS="--payments 200 --seed 7"'


def report(found: RunRecord) -> Report:
    return Report(
        seed=7,
        payments=200,
        seconds={"faults": 100.0, "settling": 5.0},
        process_faults={"kill -9 worker-1": 3},
        resets={"workflow, to its last task": 1},
        gateway_faults={"pay: act_and_drop": 2},
        record=found,
        violations=find_violations(found),
        unexpected_exits=["worker-1 ended by itself with status 1"],
    )


def printed(found: RunRecord) -> str:
    out = Console(file=io.StringIO(), width=120)
    print_report(out, report(found))
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_run_without_violation_says_so() -> None:
    text = printed(good())
    assert "no violations" in text
    assert "VIOLATION" not in text
    assert (
        "200 payments, 100 s under faults (2.0 payments/s), 5 s to settle, 3 process faults, seed 7" in text
    )
    assert "NOTE  worker-1 ended by itself with status 1" in text


def test_violation_has_a_line_and_the_command_that_repeats_the_run() -> None:
    text = printed(
        replace(good(), ledger=ledger(attempt(captured=VALUE), most_live=2, captures=(capture_entry(),)))
    )
    assert f"VIOLATION  {REFERENCE}: two live authorizations: 2 at one time" in text
    assert f"1 violations; repeat: {REPEAT}" in text


def test_json_has_the_same_content(tmp_path: Path) -> None:
    file = tmp_path / "reports" / "7.json"
    report(
        replace(good(), ledger=ledger(attempt(captured=VALUE), most_live=2, captures=(capture_entry(),)))
    ).write(file)
    found = json.loads(file.read_text())
    [violation] = found["violations"]
    assert violation == {
        "rule": "two live authorizations",
        "paymentReference": REFERENCE,
        "detail": "2 at one time",
    }
    assert (found["repeat"], found["paymentsPerSecond"]) == (REPEAT, 2.0)
    assert found["statuses"] == {"CAPTURED": 1}


def test_unsettled_payments_are_counted() -> None:
    assert report(good()).to_json()["unsettled"] == 0
    unsettled = replace(good(), unsettled=[REFERENCE])
    assert report(unsettled).to_json()["unsettled"] == 1
    assert "1 payments were not settled in time" in printed(unsettled)


def test_reviews_are_counted_by_reason_without_ids() -> None:
    review = Review(reason=f"capture {REFERENCE}-c1: PROCESS_FAIL", since=NOW)
    subject = payment(PaymentStatus.AUTHORIZED, review=review)
    found = report(run_record(subject, ledger(attempt(held=VALUE)))).to_json()
    assert found["reviews"] == {"capture PROCESS_FAIL": 1}
