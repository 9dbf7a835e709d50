"""The lock file of the example in TypeScript has exact packages with hashes, and names no registry."""

import json
import re

from tools.local_stack.processes import ROOT

PROJECT = ROOT / "examples" / "typescript"
EXACT = re.compile(r"\d+\.\d+\.\d+")
Json = dict[str, object]


def locked() -> dict[str, Json]:
    packages: dict[str, Json] = json.loads((PROJECT / "package-lock.json").read_text())["packages"]
    return packages


def test_every_locked_package_has_a_hash_and_names_no_registry() -> None:
    packages = {name: package for name, package in locked().items() if name}
    assert len(packages) > 20
    assert [
        name for name, each in packages.items() if not str(each.get("integrity")).startswith("sha512-")
    ] == []
    assert [name for name, each in packages.items() if "resolved" in each] == []
    assert "omit-lockfile-registry-resolved=true" in (PROJECT / ".npmrc").read_text().splitlines()
    assert "registry=" not in (PROJECT / ".npmrc").read_text()


def test_lock_file_is_that_of_the_exact_versions_in_package_json() -> None:
    project: dict[str, dict[str, str]] = json.loads((PROJECT / "package.json").read_text())
    for kind in ("dependencies", "devDependencies"):
        assert locked()[""][kind] == project[kind]
        assert all(EXACT.fullmatch(version) for version in project[kind].values())
        assert {name: locked()[f"node_modules/{name}"]["version"] for name in project[kind]} == project[kind]


def test_no_package_runs_a_program_when_it_is_installed() -> None:
    assert "ignore-scripts=true" in (PROJECT / ".npmrc").read_text().splitlines()
