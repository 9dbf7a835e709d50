"""The make targets: CONTRIBUTING.md explains each, and `make check` needs no network."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MAKEFILE = (ROOT / "Makefile").read_text()
PARTS_OF_TEST = {"test-system", "test-scenarios", "test-rest", "test-first-units", "test-other-units"}


def targets() -> set[str]:
    [phony] = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.MULTILINE)
    return set(phony.split())


def commands(target: str) -> str:
    """Returns the target with its prerequisites and commands."""
    [rule] = re.findall(rf"^{target}:.*\n(?:(?:\t|ifeq|else|endif).*\n)*", MAKEFILE, flags=re.MULTILINE)
    return str(rule)


def test_contributing_explains_every_target_and_no_other() -> None:
    explained = re.findall(r"^\| `make ([\w-]+)` \|", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert set(explained) == targets() - PARTS_OF_TEST


def test_only_the_audit_target_asks_for_advisories() -> None:
    assert [target for target in targets() if "tools.checks.audit" in commands(target)] == ["audit"]


def test_check_depends_on_no_target_that_needs_the_network() -> None:
    assert commands("check").splitlines()[0] == "check: install"


def test_install_puts_the_command_line_beside_python(tmp_path: Path) -> None:
    """The command runs the checkout's package from any folder, and nothing of that folder."""
    venv, elsewhere = tmp_path / "venv", tmp_path / "elsewhere"
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    # an environment that is installed already
    (venv / ".installed").touch()
    subprocess.run(["make", f"VENV={venv}", "install"], cwd=ROOT, check=True, capture_output=True)
    elsewhere.mkdir()
    (elsewhere / "typing.py").write_text("raise AssertionError\n")
    command = [str(venv / "bin" / "holdfast"), "--version"]
    done = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "holdfast from a checkout\n", "")


def test_command_line_runs_in_a_folder_whose_name_a_shell_would_read(tmp_path: Path) -> None:
    folder = tmp_path / "a b'c\"d$HOME`touch e`,f"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / "requirements").mkdir()
    (folder / "requirements" / "test.txt").touch()
    (folder / ".venv" / ".installed").touch()
    (folder / "Makefile").write_text(MAKEFILE)
    python = folder / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\nprintf "%s|" "$PYTHONPATH" "$@"\n')
    python.chmod(0o755)
    subprocess.run(["make", ".venv/bin/holdfast"], cwd=folder, check=True, capture_output=True)
    command = [str(folder / ".venv" / "bin" / "holdfast"), "show", "a b"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == f"{folder}|-P|-m|holdfast|show|a b|"
    assert not list(tmp_path.rglob("e"))
