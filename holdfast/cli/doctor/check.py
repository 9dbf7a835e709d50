"""The result of one check, and the report of all."""

from collections.abc import Sequence
from enum import StrEnum

from holdfast.validation.strict import Strict


class Level(StrEnum):
    """How a check has ended."""

    OK = "OK"
    WARNING = "WARNING"
    """It works, and a person should know something about it."""
    PROBLEM = "PROBLEM"
    """Something does not work."""
    SKIPPED = "SKIPPED"
    """It is not set and not needed, or another problem prevents the check."""


class Area(StrEnum):
    """What the checks are about, in the order in which they are shown."""

    TEMPORAL = "Temporal"
    ENCRYPTION = "Encryption"
    VAULT = "Card vault"
    ACCOUNT = "Merchant account"
    GATEWAY = "Gateway"
    WEBHOOK = "Webhook"
    WORKER = "Worker"
    SIMULATOR = "Simulator"


class Check(Strict):
    """One check: what was found and, unless it is good, what to do."""

    area: Area
    name: str
    """The variable, or what was tried."""
    level: Level
    finding: str
    advice: str | None = None


class DoctorReport(Strict):
    """Every check of one run."""

    checks: tuple[Check, ...]
    problems: int
    warnings: int

    @classmethod
    def of(cls, checks: Sequence[Check]) -> "DoctorReport":
        """Returns the report of the checks."""
        levels = [check.level for check in checks]
        problems, warnings = levels.count(Level.PROBLEM), levels.count(Level.WARNING)
        return cls(checks=tuple(checks), problems=problems, warnings=warnings)


def ok(area: Area, name: str, finding: str) -> Check:
    """Returns a check that has passed."""
    return Check(area=area, name=name, level=Level.OK, finding=finding)


def warning(area: Area, name: str, finding: str, advice: str) -> Check:
    """Returns a check that has found something a person should know."""
    return Check(area=area, name=name, level=Level.WARNING, finding=finding, advice=advice)


def problem(area: Area, name: str, finding: str, advice: str) -> Check:
    """Returns a check that has failed."""
    return Check(area=area, name=name, level=Level.PROBLEM, finding=finding, advice=advice)


def skipped(area: Area, name: str, finding: str) -> Check:
    """Returns a check that was not made."""
    return Check(area=area, name=name, level=Level.SKIPPED, finding=finding)
