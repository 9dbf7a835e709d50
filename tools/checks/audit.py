"""Reports known vulnerabilities of the locked packages.

    python -m tools.checks.audit

It runs pip-audit in a virtual environment of its own (`requirements/audit.txt`). When pip-audit cannot be
installed, or the advisories are not reachable, it reports so. The exit status is 1 only for a known
vulnerability.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from venv import EnvBuilder

from pydantic import BaseModel, TypeAdapter, ValidationError

ROOT = Path(__file__).parents[2]
AUDITED = ("requirements/run.txt", "requirements/test.txt")
ENVIRONMENT = ROOT / ".venv-audit"
_DONE = ENVIRONMENT / ".installed"
WITHIN = 60
"""Seconds for each step."""


class NotAudited(Exception):
    """The audit was not possible; the message has the reason."""


class _Vulnerability(BaseModel):
    id: str
    fix_versions: list[str] = []


class _Dependency(BaseModel):
    name: str
    version: str = ""
    vulns: list[_Vulnerability] = []
    skip_reason: str | None = None


class _Report(BaseModel):
    dependencies: list[_Dependency]


def pip_audit() -> Sequence[str]:
    """Returns the command, and installs pip-audit when it is missing. Raises NotAudited."""
    python = str(ENVIRONMENT / "bin" / "python")
    lock = ROOT / "requirements" / "audit.txt"
    if not _DONE.exists() or _DONE.stat().st_mtime < lock.stat().st_mtime:
        EnvBuilder(with_pip=True, clear=True).create(ENVIRONMENT)
        _run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)], "installed")
        _DONE.touch()
    return [python, "-m", "pip_audit"]


def audited(command: Sequence[str], file: str) -> str:
    """Returns pip-audit's report about a lock file, as JSON. Raises NotAudited."""
    options = ["--requirement", file, "--require-hashes", "--disable-pip", "--format", "json"]
    return _run([*command, *options, "--progress-spinner", "off"], "run", (0, 1))


def vulnerable(report: str) -> list[str]:
    """Returns a line for each vulnerability. Raises NotAudited when packages were skipped."""
    try:
        dependencies = TypeAdapter(_Report).validate_json(report).dependencies
    except ValidationError:
        raise NotAudited("pip-audit gave no report") from None
    found = [
        f"{each.name} {each.version}: {vulnerability.id}, fixed in {_fixes(vulnerability)}"
        for each in dependencies
        for vulnerability in each.vulns
    ]
    skipped = sum(each.skip_reason is not None for each in dependencies)
    if skipped and not found:
        raise NotAudited(f"advisories are not available for {skipped} of {len(dependencies)} packages")
    return found


def _fixes(vulnerability: _Vulnerability) -> str:
    return " or ".join(vulnerability.fix_versions) or "no version yet"


def _run(command: Sequence[str], what: str, good: Sequence[int] = (0,)) -> str:
    """Returns what the command prints. Raises NotAudited."""
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command, cwd=ROOT, capture_output=True, text=True, timeout=WITHIN, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAudited(f"pip-audit cannot be {what}: {type(error).__name__}") from None
    if done.returncode not in good:
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        raise NotAudited(f"pip-audit cannot be {what}: {last[:200]}")
    return done.stdout


def main() -> int:
    """Audits every lock file; returns 1 for a known vulnerability, and 0 otherwise, also without an audit."""
    status = 0
    for file in AUDITED:
        try:
            found = vulnerable(audited(pip_audit(), file))
        except NotAudited as error:
            sys.stderr.write(f"{file}: NOT AUDITED, {error}\n")
            continue
        for line in found:
            sys.stderr.write(f"{file}: {line}\n")
        status = 1 if found else status
    return status


if __name__ == "__main__":
    sys.exit(main())
