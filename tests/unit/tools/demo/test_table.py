"""The table at the end is read in narrow terminals, in wide ones and in files."""

import io

import pytest
from rich.console import Console

from holdfast import PaymentStatus
from tests.support.tools.payments import payment, result
from tools.demo.scenario_run import Result
from tools.demo.table import complaints, money, table_of
from tools.demo.verdict import Ending
from tools.local_stack.ledger_client import Account

CAPTURED = Ending(PaymentStatus.CAPTURED, 30000)
ONCE = Account(attempts=1, live=1, most_live=1, captured=30000, pay_calls=2, capture_calls=3)
RIGHT = result(ONCE, payment(PaymentStatus.CAPTURED, captured=True), CAPTURED)
VOIDED = result(
    Account(attempts=1, most_live=1, voided=1, pay_calls=1),
    payment(PaymentStatus.CANCELLED),
    Ending(PaymentStatus.CANCELLED, voided=1),
    "let-go",
)
NEVER = result(Account(), None, CAPTURED, "own-form")


def printed(results: list[Result], width: int) -> list[str]:
    out = Console(file=io.StringIO(), width=width, highlight=False)
    out.print(table_of(results, out.width))
    assert isinstance(out.file, io.StringIO)
    return [line.rstrip() for line in out.file.getvalue().splitlines()]


def row_of(lines: list[str], reference: str) -> list[str]:
    return next(line.split() for line in lines if reference in line)


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_every_payment_is_one_line_that_is_whole(width: int) -> None:
    lines = printed([RIGHT, VOIDED, NEVER], width)
    assert max(len(line) for line in lines) <= width
    row = row_of(lines, "no-notification")
    assert row[:2] == ["✓", "no-notification"]
    assert row[-8:] == ["CAPTURED", "EUR", "300.00", "EUR", "300.00", "1", "2", "3"]


@pytest.mark.parametrize(("width", "has_room"), [(80, False), (119, False), (120, True)])
def test_the_story_is_told_where_there_is_room(width: int, has_room: bool) -> None:
    text = "\n".join(printed([RIGHT], width))
    assert (RIGHT.story.title in text) is has_room
    assert "…" not in text


def test_money_given_back_is_no_capture() -> None:
    assert row_of(printed([VOIDED], 80), "let-go") == [
        "✓",
        "let-go",
        "CANCELLED",
        "-",
        "voided",
        "1",
        "1",
        "0",
    ]


def test_a_payment_that_never_was_is_crossed() -> None:
    assert row_of(printed([NEVER], 80), "own-form") == ["✗", "own-form", "-", "-", "-", "0", "0", "0"]


def test_complaints_name_the_payment_and_what_is_wrong() -> None:
    assert complaints([RIGHT, VOIDED]) == []
    (complaint,) = complaints([RIGHT, NEVER])
    assert complaint.startswith("own-form: ledger: captured is 0 and should be 30000; ")


def test_money_is_written_as_people_do() -> None:
    assert (money(30000), money(5), money(0)) == ("EUR 300.00", "EUR 0.05", "-")
