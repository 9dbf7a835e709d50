"""The table at the end fits narrow terminals, wide ones and files."""

import io

import pytest
from rich.console import Console

from holdfast import PaymentStatus
from tests.support.tools.payments import payment, result
from tools.demo.expectation import Expectation
from tools.demo.results_table import complaints, money, results_table
from tools.demo.scenario_result import ScenarioResult
from tools.local_stack.ledger import OrderSummary

CAPTURED = Expectation(PaymentStatus.CAPTURED, 30000)
ONCE = OrderSummary(attempts=1, live=1, most_live=1, captured=30000, pay_calls=2, capture_calls=3)
EXPECTED = result(ONCE, payment(PaymentStatus.CAPTURED, captured=True), CAPTURED)
VOIDED = result(
    OrderSummary(attempts=1, most_live=1, voided=1, pay_calls=1),
    payment(PaymentStatus.CANCELLED),
    Expectation(PaymentStatus.CANCELLED, voided=1),
    "cancelled",
)
MISSING = result(OrderSummary(), None, CAPTURED, "own-form")


def printed(results: list[ScenarioResult], width: int) -> list[str]:
    out = Console(file=io.StringIO(), width=width, highlight=False)
    out.print(results_table(results, out.width))
    assert isinstance(out.file, io.StringIO)
    return [line.rstrip() for line in out.file.getvalue().splitlines()]


def row_of(lines: list[str], reference: str) -> list[str]:
    return next(line.split() for line in lines if reference in line)


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_every_payment_is_one_complete_line(width: int) -> None:
    lines = printed([EXPECTED, VOIDED, MISSING], width)
    assert max(len(line) for line in lines) <= width
    row = row_of(lines, "no-notification")
    assert row[:2] == ["✓", "no-notification"]
    assert row[-8:] == ["CAPTURED", "EUR", "300.00", "EUR", "300.00", "1", "2", "3"]


@pytest.mark.parametrize(("width", "has_room"), [(80, False), (119, False), (120, True)])
def test_title_is_shown_when_there_is_room(width: int, has_room: bool) -> None:
    text = "\n".join(printed([EXPECTED], width))
    assert (EXPECTED.scenario.title in text) is has_room
    assert "…" not in text


def test_voided_payment_shows_no_capture() -> None:
    assert row_of(printed([VOIDED], 80), "cancelled") == [
        "✓",
        "cancelled",
        "CANCELLED",
        "-",
        "voided",
        "1",
        "1",
        "0",
    ]


def test_missing_payment_has_a_cross() -> None:
    assert row_of(printed([MISSING], 80), "own-form") == ["✗", "own-form", "-", "-", "-", "0", "0", "0"]


def test_complaint_names_payment_and_discrepancy() -> None:
    assert complaints([EXPECTED, VOIDED]) == []
    (complaint,) = complaints([EXPECTED, MISSING])
    assert complaint.startswith("own-form: ledger: captured is 0 and should be 30000; ")


def test_money_has_currency_and_decimals() -> None:
    assert (money(30000), money(5), money(0)) == ("EUR 300.00", "EUR 0.05", "-")
