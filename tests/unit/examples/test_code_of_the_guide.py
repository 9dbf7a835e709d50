"""The code that the guide shows is the code of the files that its commands run."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from simulator.cards import ACCEPTED, DECLINED, brand
from tests.support.guide.page import Section, section
from tools.local_stack.processes import ROOT

FIRST_PAYMENT = "## Your first payment, against the demo"
TYPESCRIPT = section("### In TypeScript")


@pytest.mark.parametrize(
    ("part", "file"),
    [
        (section("### In Python"), "examples/python/first_payment.py"),
        (section("### With a card from your own page"), "examples/python/own_card_form.py"),
    ],
    ids=["first payment", "own card form"],
)
def test_python_of_the_guide_is_the_file_that_its_command_runs(part: Section, file: str) -> None:
    module = file.removesuffix(".py").replace("/", ".")
    assert part.blocks("python") == [(ROOT / file).read_text()]
    assert part.blocks("sh") == [f"python -m {module}\n"]
    assert f"(../{file})" in part.text


def test_typescript_of_the_guide_is_that_of_the_files_that_its_commands_run() -> None:
    first, refused = TYPESCRIPT.blocks("typescript")
    assert first == source("firstPayment.ts").read_text()
    assert refused in source("cancelledPayment.ts").read_text()
    assert TYPESCRIPT.blocks("sh")[1:] == ["node src/firstPayment.ts\n", "node src/cancelledPayment.ts\n"]


def test_table_of_the_guide_names_every_file_of_the_example_in_typescript() -> None:
    programs = {"firstPayment.ts", "cancelledPayment.ts"}
    named = {row[0].strip("`") for row in rows(TYPESCRIPT)} - {"file in `src"}
    assert named == {path.name for path in source(".").iterdir()} - programs


def test_cards_of_the_guide_are_those_of_the_simulator() -> None:
    cards = {row[0].strip("`"): row[1] for row in rows(section(FIRST_PAYMENT)) if row[0][1].isdigit()}
    assert {number for number, outcome in cards.items() if outcome.startswith("declined")} <= DECLINED
    assert {number for number, outcome in cards.items() if outcome.startswith("authorized")} <= ACCEPTED
    assert len(cards) == 3
    assert [brand(number) for number, outcome in cards.items() if "Mastercard" in outcome] == ["MASTERCARD"]


def rows(part: Section) -> Sequence[Sequence[str]]:
    lines = [line for line in part.text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def source(name: str) -> Path:
    return ROOT / "examples" / "typescript" / "src" / name
