"""What a mutation run tells: a line as each mutant ends, a table at the end, JSON for machines."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.mutants.run import Result, Verdict

_LONGEST_DETAIL = 300
_WIDE = 250
"""Columns that hold a row of the table; what a file gets."""


def tell_one(out: Console, result: Result) -> None:
    """One line, while the others are still running."""
    detail = f"\n    {result.detail[:_LONGEST_DETAIL]}" if result.detail else ""
    line = f"{result.verdict}  {result.protection.name} ({result.seconds:.0f} s){detail}"
    out.print(Text(line), soft_wrap=True)


def tell(out: Console, results: Sequence[Result]) -> None:
    """The table, and how many of how many were killed."""
    if not out.is_terminal:
        out.width = _WIDE
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in ("protection", "mutation", "test", "verdict"):
        table.add_column(heading, overflow="fold")
    for result in results:
        files = ", ".join(dict.fromkeys(change.file for change in result.protection.change))
        style = "green" if result.verdict is Verdict.KILLED else "bold red"
        table.add_row(
            Text(result.protection.name),
            Text(files),
            Text(result.protection.test.removeprefix("tests/")),
            Text(str(result.verdict), style=style),
        )
    out.print()
    out.print(table)
    killed = sum(result.verdict is Verdict.KILLED for result in results)
    out.print(f"{killed} of {len(results)} killed by the test that is named for it")


def write(file: Path, results: Sequence[Result]) -> None:
    """The same for a machine, with the changes themselves. Raises OSError."""
    wire = [
        {
            **result.protection.model_dump(exclude={"raises"}),
            "verdict": str(result.verdict),
            "detail": result.detail,
            "seconds": round(result.seconds, 1),
        }
        for result in results
    ]
    file.write_text(json.dumps(wire, indent=2, ensure_ascii=False) + "\n")
