"""The tables of docs/simulator.md are made from the simulator."""

from pathlib import Path

import pytest

from simulator.cards import ACCEPTED, DECLINED
from simulator.console.fault_words import TARGETS
from simulator.faults import faults_on
from tools.checks import simulator_page


def test_tables_in_the_repository_are_current() -> None:
    assert simulator_page.run(["--check"]) == 0


def test_each_card_of_the_simulator_is_in_the_table() -> None:
    table = simulator_page.cards_table()
    for number in ACCEPTED | DECLINED:
        code = "DO_NOT_HONOR" if number in DECLINED else "SUCCESS"
        assert f"| `{number}` " in table
        assert f"`{code}`" in next(line for line in table.splitlines() if number in line)
    assert "`INVALID_CARD_NUMBER`" in table


def test_each_fault_is_in_the_table_for_each_of_its_places() -> None:
    lines = simulator_page.faults_table().splitlines()[2:]
    found = {
        (line.split("`")[1], place)
        for line in lines
        for place in TARGETS
        if f"`{place}`" in line.split("|")[2]
        or ("every call" in line.split("|")[2] and place in simulator_page.EVERY_CALL)
    }
    assert found == {(fault, place) for place in TARGETS for fault in faults_on(place)}


def test_stale_table_is_named_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / simulator_page.PAGE
    page.parent.mkdir()
    names = ("cards", "faults", "endpoints")
    page.write_text("".join(f"<!-- {name} -->\nstale text\n<!-- /{name} -->\n" for name in names))
    assert simulator_page.run(["--check"], tmp_path) == 1
    assert "is stale" in capsys.readouterr().err
    assert simulator_page.run([], tmp_path) == 0
    assert simulator_page.run(["--check"], tmp_path) == 0
    assert "stale text" not in page.read_text()


def test_missing_marker_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / simulator_page.PAGE
    page.parent.mkdir()
    page.write_text("<!-- cards -->\n")
    assert simulator_page.run(["--check"], tmp_path) == 1
    assert "needs <!-- cards --> before <!-- /cards -->" in capsys.readouterr().err
