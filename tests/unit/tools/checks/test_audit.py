"""The audit reports vulnerabilities, and does not take a missing report for a clean one."""

import json
import sys
from pathlib import Path

import pytest

from tools.checks import audit
from tools.checks.audit import NotAudited, audited, main, vulnerable

CLEAN = {"name": "httpx", "version": "0.28.1", "vulns": []}
BAD = {"name": "anyio", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"]}]}
SKIPPED = {"name": "cffi", "skip_reason": "Dependency not found on PyPI"}


def report(*dependencies: object) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_packages_without_advisory_are_clean() -> None:
    assert vulnerable(report(CLEAN)) == []


def test_advisory_is_reported_with_its_fixes_beside_skipped_packages() -> None:
    assert vulnerable(report(CLEAN, BAD, SKIPPED)) == ["anyio 1.0: PYSEC-1, fixed in 1.1 or 2.0"]


@pytest.mark.parametrize(
    ("text", "why"),
    [(report(CLEAN, SKIPPED), "for 1 of 2 packages"), ("", "gave no report"), ("[]", "gave no report")],
)
def test_missing_or_incomplete_report_is_not_audited(text: str, why: str) -> None:
    with pytest.raises(NotAudited, match=why):
        vulnerable(text)


def test_failing_pip_audit_is_not_audited() -> None:
    failing = [sys.executable, "-c", "import sys; sys.exit('no route to host')"]
    with pytest.raises(NotAudited, match="gave no report"):
        vulnerable(audited(failing, "run.txt"))
    with pytest.raises(NotAudited, match="cannot be run: FileNotFoundError"):
        audited(["/nowhere/pip-audit"], "run.txt")


@pytest.mark.parametrize(("found", "status"), [(CLEAN, 0), (SKIPPED, 0), (BAD, 1)])
def test_only_a_vulnerability_fails_the_check(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    found: object,
    status: int,
) -> None:
    script = tmp_path / "pip_audit.py"
    script.write_text(f"print({report(found)!r})")
    monkeypatch.setattr(audit, "pip_audit", lambda: [sys.executable, str(script)])
    assert main() == status
    text = capsys.readouterr().err
    assert ("NOT AUDITED" in text) is (found is SKIPPED)
    assert ("PYSEC-1" in text) is (found is BAD)
