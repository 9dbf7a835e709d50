"""What a run tells at its end: a table for people, JSON for machines, and how to repeat what failed."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tools.chaos.checks.verdict import Material, Violation
from tools.chaos.merchant import Call
from tools.chaos.settling import statuses

_MOST_LINES = 200
_FEW_DIGITS = 8


@dataclass(frozen=True)
class Report:
    """One run: what was asked for, what was done to it, and what came of it. Seconds."""

    seed: int
    payments: int
    seconds: Mapping[str, float]
    injuries: Mapping[str, int]
    faults: Mapping[str, int]
    material: Material
    violations: Sequence[Violation]
    surprises: Sequence[str]

    @property
    def repeat(self) -> str:
        """The command that repeats the seed."""
        return f'make chaos ARGS="--payments {self.payments} --seed {self.seed}"'

    @property
    def rate(self) -> float:
        """Payments per second while the storm raged."""
        return self.payments / max(self.seconds["storm"], 0.001)

    def wire(self) -> dict[str, object]:
        """As JSON."""
        cases = self.material.cases
        return {
            "seed": self.seed,
            "payments": self.payments,
            "seconds": {name: round(value, 1) for name, value in self.seconds.items()},
            "paymentsPerSecond": round(self.rate, 2),
            "kinds": dict(sorted(Counter(str(case.plan.kind) for case in cases).items())),
            "statuses": statuses(cases),
            "notAtRest": len(self.material.restless),
            "reviews": reviews(self.material),
            "injuries": dict(sorted(self.injuries.items())),
            "faults": dict(self.faults),
            "attacks": attacks(self.material),
            "calls": calls(self.material.calls),
            "processSurprises": list(self.surprises),
            "violations": [
                {"rule": str(v.rule), "paymentReference": v.reference, "detail": v.detail}
                for v in self.violations
            ],
            "repeat": self.repeat,
        }

    def write(self, file: Path) -> None:
        """Write it as JSON, in a folder that is made where it is missing. Raises OSError."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(self.wire(), indent=2, ensure_ascii=False) + "\n")


def reviews(material: Material) -> dict[str, int]:
    """Why persons must look, and how often; what names one payment is left out."""
    reasons: Counter[str] = Counter()
    for case in material.cases:
        if case.payment is not None and case.payment.review is not None:
            words = case.payment.review.reason.split()
            reasons[" ".join(word for word in words if not _is_an_id(word, case.plan.reference))] += 1
    return dict(reasons.most_common())


def _is_an_id(word: str, reference: str) -> bool:
    return reference in word or sum(letter.isdigit() for letter in word) > _FEW_DIGITS


def attacks(material: Material) -> dict[str, int]:
    """How often which attack had which answer."""
    found = Counter(f"{blow.attack}: {blow.status or 'no answer'}" for blow in material.blows)
    return dict(sorted(found.items()))


def calls(made: Sequence[Call]) -> dict[str, object]:
    """How merchants' calls ended: answered, or by the name of the error; and the longest one."""
    found: dict[str, object] = {}
    for name in sorted({call.name for call in made}):
        mine = [call for call in made if call.name == name]
        ends = Counter(call.error.partition(":")[0] or "answered" for call in mine)
        found[name] = {**dict(ends.most_common()), "longestSeconds": round(max(c.seconds for c in mine), 1)}
    return found


def tell(out: Console, report: Report) -> None:
    """The table, and a line for each violation."""
    wire = report.wire()
    out.print()
    for name in ("statuses", "injuries", "faults", "attacks", "reviews"):
        counts = wire[name]
        if isinstance(counts, dict) and counts:
            out.print(_table(name, counts))
    storm, settling = report.seconds["storm"], report.seconds["settling"]
    out.print(
        f"{report.payments} payments, {storm:.0f} s of storm ({report.rate:.1f} payments/s), "
        f"{settling:.0f} s to settle, {sum(report.injuries.values())} injuries, seed {report.seed}"
    )
    if report.material.restless:
        out.print(f"{len(report.material.restless)} payments were not at rest when the time to settle was up")
    for line in report.surprises:
        out.print(Text(f"NOTE  {line}"), soft_wrap=True)
    for violation in report.violations[:_MOST_LINES]:
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
