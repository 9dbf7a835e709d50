"""The report of all rounds: a table for people, JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tools.bench.recovery import Recovery
from worker import STICKY_TIMEOUT
from workflows.timing import HEARTBEAT


@dataclass(frozen=True)
class Report:
    """The rounds, and the violations in the ledger."""

    rounds: Sequence[Recovery]
    violations: Sequence[str]

    @property
    def measures(self) -> Mapping[str, Sequence[float]]:
        """The measured times in seconds from the kill, round by round."""
        return {
            "pay call at the gateway again": [each.called for each in self.rounds],
            "merchant has AUTHORIZED": [each.authorized for each in self.rounds],
        }

    def to_json(self) -> dict[str, object]:
        """Returns the report as JSON; times in seconds."""
        return {
            "rounds": len(self.rounds),
            "settings": settings(),
            "measures": {
                name: {**summary(seconds), "all": [round(each, 3) for each in seconds]}
                for name, seconds in self.measures.items()
            },
            "violations": list(self.violations),
        }

    def write(self, file: Path) -> None:
        """Writes the JSON to a file. Raises OSError."""
        file.write_text(json.dumps(self.to_json(), indent=2) + "\n")


def settings() -> dict[str, float]:
    """Returns the settings that determine the times, in seconds."""
    return {
        "heartbeatTimeout": HEARTBEAT.total_seconds(),
        "stickyTimeout": STICKY_TIMEOUT.total_seconds(),
    }


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Returns median, worst and best."""
    found = {"median": median(seconds), "worst": max(seconds), "best": min(seconds)}
    return {name: round(value, 3) for name, value in found.items()}


def print_report(out: Console, report: Report) -> None:
    """Prints the table, and a line for each violation."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("seconds after kill -9 of the worker that holds the pay call", no_wrap=True)
    for name in ("median", "worst", "best"):
        table.add_column(name, justify="right")
    for name, seconds in report.measures.items():
        table.add_row(name, *(f"{value:.1f}" for value in summary(seconds).values()))
    out.print(table)
    values = ", ".join(f"{name} {value:g} s" for name, value in settings().items())
    out.print(f"{len(report.rounds)} rounds; {values}")
    for violation in report.violations:
        out.print(Text(f"VIOLATION  {violation}"), soft_wrap=True)
    if not report.violations:
        out.print("one live authorization per order, by the gateway's ledger")
