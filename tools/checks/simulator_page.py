"""Writes the tables of docs/simulator.md from the simulator's cards, faults and endpoints.

`python -m tools.checks.simulator_page` writes the blocks of the page between the markers `cards`, `faults`
and `endpoints`.
`python -m tools.checks.simulator_page --check` exits with status 1 where they are not current.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from simulator.cards import OTHER_COUNTRIES, SANDBOX_CARDS, check_card
from simulator.console.fault_words import TARGETS, FaultWords, fault_words
from simulator.control.endpoints import endpoints
from simulator.faults import CALLS, NOTIFICATION_LIST, faults_on
from simulator.http.body import Refused
from simulator.simulation import Simulator
from tools.checks.generated import ROOT, main

PAGE = Path("docs") / "simulator.md"
EVERY_CALL = {*CALLS, "any", NOTIFICATION_LIST}


def cards_table() -> str:
    """Returns the test cards with what a payment by each does."""
    rows = [
        f"| `{card.number}` | {card.name} | `{_result_code(card.number)}` | {card.effect} |"
        for card in (*SANDBOX_CARDS, *OTHER_COUNTRIES)
    ]
    return _table("| number | card | result code | what happens |", rows)


def _result_code(number: str) -> str:
    """Returns the result code of a payment by a card, as the simulator decides it."""
    try:
        card = check_card(number, "123", "12", "99", datetime.now(UTC))
    except Refused as refused:
        return refused.code
    return card.decline_code or "SUCCESS"


def faults_table() -> str:
    """Returns every fault, once for all places where it does the same."""
    places: dict[tuple[str, FaultWords], list[str]] = {}
    for on in TARGETS:
        for fault in sorted(faults_on(on), key=lambda name: (name not in faults_on("any"), name)):
            places.setdefault((fault, fault_words(on, fault)), []).append(on)
    rows = [
        f"| `{fault}` | {_places(tuple(on))} | {words.effect} | {words.seconds} | {words.code} |"
        for (fault, words), on in places.items()
    ]
    return _table("| `fault` | `on` | what it does | `seconds` | `code` |", rows)


def endpoints_table() -> str:
    """Returns every control endpoint with its summary."""
    return _table(
        "| endpoint | what it does |",
        [f"| `{each.method} {each.path}` | {each.summary} |" for each in endpoints(Simulator())],
    )


def with_tables(text: str) -> str:
    """Returns the page with current tables. Raises ValueError where the marker of one is missing."""
    tables = {"cards": cards_table(), "faults": faults_table(), "endpoints": endpoints_table()}
    for name, table in tables.items():
        text = _with_block(text, name, table)
    return text


def run(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Writes or checks the tables of the page. Returns the exit status."""
    page = root / PAGE
    try:
        files: Mapping[Path, str] = {page: with_tables(page.read_bytes().decode("utf-8"))}
    except ValueError as error:
        sys.stderr.write(f"{PAGE} {error}\n")
        return 1
    return main(arguments, files, "tools.checks.simulator_page")


def _with_block(text: str, name: str, table: str) -> str:
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(opening)
    _, ended, after = rest.partition(closing)
    if not found or not ended:
        raise ValueError(f"needs {opening} before {closing}")
    return f"{before}{opening}\n{table}{closing}{after}"


def _places(on: tuple[str, ...]) -> str:
    return "every call" if set(on) == EVERY_CALL else ", ".join(f"`{place}`" for place in on)


def _table(head: str, rows: Iterable[str]) -> str:
    line = "|" + "---|" * (head.count("|") - 1)
    return "\n".join([head, line, *rows, ""])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
