"""The output of a mutation run: a line for each mutant, a table at the end, and JSON for programs."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.mutants.run import Result, Verdict

_DETAIL_LIMIT = 300
_FILE_WIDTH = 250
"""The width of the table, in columns, where the output is not a terminal."""


def print_result(out: Console, result: Result) -> None:
    """Prints one line, while other mutants are still running."""
    detail = f"\n    {result.detail[:_DETAIL_LIMIT]}" if result.detail else ""
    line = f"{result.verdict}  {result.protection.name} ({result.seconds:.0f} s){detail}"
    out.print(Text(line), soft_wrap=True)


def print_summary(out: Console, results: Sequence[Result]) -> None:
    """Prints the table, and how many mutants of how many were killed."""
    if not out.is_terminal:
        out.width = _FILE_WIDTH
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


def write_json(file: Path, results: Sequence[Result]) -> None:
    """Writes the results, with the changes themselves, as JSON. Raises OSError."""
    content = [
        {
            **result.protection.model_dump(exclude={"raises"}),
            "verdict": str(result.verdict),
            "detail": result.detail,
            "seconds": round(result.seconds, 1),
        }
        for result in results
    ]
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
