"""The report names what was broken, and the command that repeats it."""

import io
import json
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from holdfast import PaymentStatus
from holdfast.payment import Review
from tests.unit.tools.chaos.material import (
    NOW,
    REFERENCE,
    VALUE,
    attempt,
    good,
    ledger,
    material,
    payment,
    taken,
)
from tools.chaos.checks.money_checks import judged
from tools.chaos.checks.verdict import Material
from tools.chaos.report import Report, tell

REPEAT = 'make chaos ARGS="--payments 200 --seed 7"'


def report(found: Material) -> Report:
    return Report(
        seed=7,
        payments=200,
        seconds={"storm": 100.0, "settling": 5.0},
        injuries={"kill -9 worker-1": 3},
        faults={"pay: act_and_drop": 2},
        material=found,
        violations=judged(found),
        surprises=["worker-1 ended by itself with status 1"],
    )


def told(found: Material) -> str:
    out = Console(file=io.StringIO(), width=120)
    tell(out, report(found))
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_a_clean_run_says_so() -> None:
    said = told(good())
    assert "no violations" in said
    assert "VIOLATION" not in said
    assert "200 payments, 100 s of storm (2.0 payments/s), 5 s to settle, 3 injuries, seed 7" in said
    assert "NOTE  worker-1 ended by itself with status 1" in said


def test_a_violation_has_a_line_of_its_own_and_the_seed_can_be_repeated() -> None:
    said = told(replace(good(), ledger=ledger(attempt(captured=VALUE), most_live=2, captures=(taken(),))))
    assert f"VIOLATION  {REFERENCE}: two live authorizations: 2 at one time" in said
    assert f"1 violations; repeat: {REPEAT}" in said


def test_a_machine_reads_the_same(tmp_path: Path) -> None:
    file = tmp_path / "reports" / "7.json"
    report(replace(good(), ledger=ledger(attempt(captured=VALUE), most_live=2, captures=(taken(),)))).write(
        file
    )
    found = json.loads(file.read_text())
    [violation] = found["violations"]
    assert violation == {
        "rule": "two live authorizations",
        "paymentReference": REFERENCE,
        "detail": "2 at one time",
    }
    assert (found["repeat"], found["paymentsPerSecond"]) == (REPEAT, 2.0)
    assert found["statuses"] == {"CAPTURED": 1}


def test_what_was_not_at_rest_is_counted() -> None:
    assert report(good()).wire()["notAtRest"] == 0
    restless = replace(good(), restless=[REFERENCE])
    assert report(restless).wire()["notAtRest"] == 1
    assert "1 payments were not at rest when the time to settle was up" in told(restless)


def test_reviews_are_counted_by_reason_whatever_payment_they_name() -> None:
    review = Review(reason=f"capture {REFERENCE}-c1: PROCESS_FAIL", since=NOW)
    subject = payment(PaymentStatus.AUTHORIZED, review=review)
    found = report(material(subject, ledger(attempt(held=VALUE)))).wire()
    assert found["reviews"] == {"capture PROCESS_FAIL": 1}
