"""The report of a run: tables for people, JSON for programs, and the command that repeats it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tools.chaos.checks.run_record import RunRecord, Violation
from tools.chaos.merchant import Call
from tools.chaos.settling import statuses

_MAX_LINES = 200
_MAX_DIGITS = 8


@dataclass(frozen=True)
class Report:
    """One run: its options, the faults injected, and the result. Times in seconds."""

    seed: int
    payments: int
    seconds: Mapping[str, float]
    process_faults: Mapping[str, int]
    resets: Mapping[str, int]
    gateway_faults: Mapping[str, int]
    record: RunRecord
    violations: Sequence[Violation]
    unexpected_exits: Sequence[str]

    @property
    def repeat(self) -> str:
        """The command that repeats the seed."""
        return f'make chaos ARGS="--payments {self.payments} --seed {self.seed}"'

    @property
    def rate(self) -> float:
        """Payments per second while faults were injected."""
        return self.payments / max(self.seconds["faults"], 0.001)

    def to_json(self) -> dict[str, object]:
        """Returns the report as JSON."""
        payments = self.record.payments
        return {
            "seed": self.seed,
            "payments": self.payments,
            "seconds": {name: round(value, 1) for name, value in self.seconds.items()},
            "paymentsPerSecond": round(self.rate, 2),
            "kinds": dict(sorted(Counter(str(each.plan.kind) for each in payments).items())),
            "statuses": statuses(payments),
            "unsettled": len(self.record.unsettled),
            "reviews": reviews(self.record),
            "processFaults": dict(sorted(self.process_faults.items())),
            "resets": dict(sorted(self.resets.items())),
            "gatewayFaults": dict(self.gateway_faults),
            "attacks": attacks(self.record),
            "calls": calls(self.record.calls),
            "unexpectedExits": list(self.unexpected_exits),
            "violations": [
                {"rule": str(v.rule), "paymentReference": v.reference, "detail": v.detail}
                for v in self.violations
            ],
            "repeat": self.repeat,
        }

    def write(self, file: Path) -> None:
        """Writes the JSON to a file, whose folder is made when it is missing. Raises OSError."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(self.to_json(), indent=2, ensure_ascii=False) + "\n")


def reviews(record: RunRecord) -> dict[str, int]:
    """Counts the reasons of reviews, without the ids of single payments."""
    reasons: Counter[str] = Counter()
    for each in record.payments:
        if each.payment is not None and each.payment.review is not None:
            words = each.payment.review.reason.split()
            reasons[" ".join(word for word in words if not _is_an_id(word, each.plan.reference))] += 1
    return dict(reasons.most_common())


def _is_an_id(word: str, reference: str) -> bool:
    return reference in word or sum(letter.isdigit() for letter in word) > _MAX_DIGITS


def attacks(record: RunRecord) -> dict[str, int]:
    """Counts the responses to each kind of attack."""
    found = Counter(f"{each.attack}: {each.status or 'no response'}" for each in record.attacks)
    return dict(sorted(found.items()))


def calls(made: Sequence[Call]) -> dict[str, object]:
    """Counts the ends of each kind of call, by the name of the error, with the longest time."""
    found: dict[str, object] = {}
    for name in sorted({call.name for call in made}):
        mine = [call for call in made if call.name == name]
        ends = Counter(call.error.partition(":")[0] or "answered" for call in mine)
        found[name] = {**dict(ends.most_common()), "longestSeconds": round(max(c.seconds for c in mine), 1)}
    return found


def print_report(out: Console, report: Report) -> None:
    """Prints the tables, and a line for each violation."""
    content = report.to_json()
    out.print()
    for name in ("kinds", "statuses", "processFaults", "resets", "gatewayFaults", "attacks", "reviews"):
        counts = content[name]
        if isinstance(counts, dict) and counts:
            out.print(_table(name, counts))
    faults, settling = report.seconds["faults"], report.seconds["settling"]
    injected = sum(report.process_faults.values())
    out.print(
        f"{report.payments} payments, {faults:.0f} s under faults ({report.rate:.1f} payments/s), "
        f"{settling:.0f} s to settle, {injected} process faults, seed {report.seed}"
    )
    if report.record.unsettled:
        out.print(f"{len(report.record.unsettled)} payments were not settled in time")
    for line in report.unexpected_exits:
        out.print(Text(f"NOTE  {line}"), soft_wrap=True)
    for violation in report.violations[:_MAX_LINES]:
        out.print(Text(f"VIOLATION  {violation}"), soft_wrap=True)
    if report.violations:
        out.print(Text(f"{len(report.violations)} violations; repeat: {report.repeat}"), soft_wrap=True)
    else:
        out.print("no violations")


def _table(name: str, counts: Mapping[str, int]) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(name, no_wrap=True)
    table.add_column("times", justify="right")
    for what, times in counts.items():
        table.add_row(Text(what), str(times))
    return table
