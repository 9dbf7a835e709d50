"""The wheel contains what a merchant service imports, and the lock files contain names and hashes only."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ["holdfast"]
LOCKED = sorted((ROOT / "requirements").glob("*.txt"))
EXTRAS = {"holdfast/card_vault": "redis", "holdfast/cli": "cli"}
"""The folders that may import the packages of an extra."""
IMPORT_NAMES = {"google": "temporalio", "pydantic_core": "pydantic"}
"""Maps import names to the dependency that requires their distribution."""


def project() -> dict[str, object]:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return cast("dict[str, object]", document)


def dependencies() -> set[str]:
    table = cast("dict[str, list[str]]", project()["project"])
    return {name_of(requirement) for requirement in table["dependencies"]}


def extras(*names: str) -> set[str]:
    table = cast("dict[str, dict[str, list[str]]]", project()["project"])
    return {name_of(requirement) for name in names for requirement in table["optional-dependencies"][name]}


def name_of(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()


def imports(package: str) -> Iterator[tuple[str, str]]:
    """Yields the folder and the top-level name of every absolute import of a package.

    The folder is the package or the one directly in it.
    """
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            folder = "/".join(path.relative_to(ROOT).parent.parts[:2])
            yield from ((folder, name.partition(".")[0]) for name in names)


def entries(lock: Path) -> list[str]:
    """Returns the requirements of a lock file, each with its continuation lines."""
    text = re.sub(r"\\\n\s*", " ", lock.read_text())
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


def test_wheel_holds_the_one_package_that_a_merchant_service_imports() -> None:
    tool = cast("dict[str, dict[str, dict[str, dict[str, dict[str, list[str]]]]]]", project()["tool"])
    assert tool["hatch"]["build"]["targets"]["wheel"] == {"packages": PACKAGES}
    assert all((ROOT / package / "__init__.py").is_file() for package in PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_of_the_wheel_is_marked_as_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("package", PACKAGES)
def test_wheel_imports_only_itself_and_what_it_depends_on(package: str) -> None:
    allowed = set(sys.stdlib_module_names) | set(PACKAGES) | dependencies()
    foreign = {found for found in imports(package) if IMPORT_NAMES.get(found[1], found[1]) not in allowed}
    assert foreign == {(folder, name) for folder, extra in EXTRAS.items() for name in extras(extra)}


def test_command_of_the_wheel_is_the_command_line() -> None:
    table = cast("dict[str, dict[str, str]]", project()["project"])
    assert table["scripts"] == {"holdfast": "holdfast.cli.main:main"}
    module, _, function = table["scripts"]["holdfast"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_classifiers_name_the_supported_versions_and_no_licence_beside_the_expression() -> None:
    table = cast("dict[str, dict[str, list[str]]]", project())["project"]
    names = [line for line in table["classifiers"] if not line.endswith("Only")]
    versions = [line.rpartition(" ")[2] for line in names if line.startswith("Programming Language")]
    assert versions == ["3.11", "3.12", "3.13"]
    assert "Typing :: Typed" in names
    assert not [line for line in names if line.startswith("License ::")]


@pytest.mark.parametrize("lock", LOCKED, ids=lambda path: path.name)
def test_lock_file_pins_every_requirement_and_its_hashes(lock: Path) -> None:
    assert entries(lock)
    loose = [entry for entry in entries(lock) if "==" not in entry or "--hash=sha256:" not in entry]
    assert not loose


@pytest.mark.parametrize("lock", LOCKED, ids=lambda path: path.name)
def test_lock_file_names_no_registry(lock: Path) -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", lock.read_text())


def test_run_lock_holds_every_dependency_of_the_processes() -> None:
    wanted = dependencies() | extras("processes", "redis", "cli")
    locked = {name_of(entry) for entry in entries(ROOT / "requirements" / "run.txt")}
    assert wanted <= locked


def test_pre_commit_configuration_is_valid() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(ROOT / ".pre-commit-config.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
