"""Checks of the image that need no container engine."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOCKERFILE = ROOT / "Dockerfile"
PROCESSES = ("worker.py", "webhook.py", "codec_server.py")
FIRST_PARTY = {path.name for path in ROOT.iterdir() if path.is_dir() and any(path.glob("*.py"))} | {
    path.stem for path in ROOT.glob("*.py")
}


def lines(instruction: str) -> list[str]:
    text = DOCKERFILE.read_text().replace("\\\n", " ")
    return re.findall(rf"^{instruction} (.+)$", text, flags=re.MULTILINE)


def project() -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def copied() -> set[str]:
    """Returns every path of the build context that the image copies."""
    own = (line.split() for line in lines("COPY") if "--from" not in line)
    return {source for words in own for source in words[:-1]}


def imported_by(path: Path) -> Iterator[str]:
    """Returns the first-party top-level names that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from (top for name in names if (top := name.partition(".")[0]) in FIRST_PARTY)


def needed_by(process: str) -> set[str]:
    """Returns what a process imports of this repository, directly or indirectly, and the process itself."""
    seen: set[str] = set()
    waiting = [process.removesuffix(".py")]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        files = [ROOT / f"{name}.py"] if (ROOT / f"{name}.py").is_file() else (ROOT / name).rglob("*.py")
        waiting += [top for file in files for top in imported_by(file)]
    return seen


def test_dockerfile_passes_hadolint() -> None:
    hadolint = str(Path(sys.executable).parent / "hadolint")
    done = subprocess.run([hadolint, str(DOCKERFILE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_everything_the_image_copies_is_in_the_repository() -> None:
    assert {path for path in copied() if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize("process", PROCESSES)
def test_everything_a_process_imports_is_in_the_image(process: str) -> None:
    in_image = {path.removesuffix(".py") for path in copied()}
    assert needed_by(process) <= in_image


def test_image_contains_only_what_a_process_needs() -> None:
    needed = set[str]().union(*(needed_by(process) for process in PROCESSES))
    assert {path.removesuffix(".py") for path in copied()} - needed == {"requirements/run.txt"}


def test_build_context_holds_only_what_the_image_copies() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] not in {"", "#"}]
    assert rules[0] == "*"
    assert {rule.removeprefix("!") for rule in rules if rule.startswith("!")} == copied()


def test_base_image_is_pinned_to_a_version() -> None:
    assert all(re.match(r"\S+:\d+\.\d+\.\d+", line) for line in lines("FROM"))


def test_image_runs_as_a_numbered_user_that_is_not_root() -> None:
    users = lines("USER")
    assert users
    assert all(re.fullmatch(r"[1-9]\d*:[1-9]\d*", user) for user in users)


def test_image_has_a_health_check() -> None:
    assert len(lines("HEALTHCHECK")) == 1


def test_image_installs_only_what_the_lock_file_names_by_hash() -> None:
    installs = [line for line in lines("RUN") if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)


def test_image_writes_byte_code_of_everything_it_holds_at_build_time() -> None:
    compiled = [line for line in lines("RUN") if "compileall" in line]
    assert all("--invalidation-mode unchecked-hash" in line for line in compiled)
    assert [line.split()[-1] for line in compiled] == ["/opt/venv/lib", "/app"]
    assert lines("WORKDIR")[-1] == "/app"


def test_image_compiles_after_the_last_source_is_copied() -> None:
    text = DOCKERFILE.read_text()
    assert text.rindex("compileall") > text.rindex("\nCOPY ")
    assert text.rindex("compileall") < text.rindex("\nUSER ")


def test_image_does_not_keep_python_from_using_byte_code() -> None:
    assert "PYTHONDONTWRITEBYTECODE" not in DOCKERFILE.read_text()
    assert "PYTHONPYCACHEPREFIX" not in DOCKERFILE.read_text()


def test_image_contains_its_commit_when_the_build_sets_it() -> None:
    assert any("HOLDFAST_BUILD_ID=$HOLDFAST_BUILD_ID" in line.split() for line in lines("ENV"))


def test_image_has_the_labels_of_the_oci_image_specification() -> None:
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]*)"', " ".join(lines("LABEL"))))
    assert labels.keys() == {"title", "description", "licenses", "version", "revision"}
    assert labels["licenses"] == project()["license"]
    assert labels["version"] == "$HOLDFAST_VERSION"
    assert labels["revision"] == "$HOLDFAST_BUILD_ID"


def test_default_version_of_the_image_is_that_of_the_project() -> None:
    assert f'HOLDFAST_VERSION="{project()["version"]}"' in lines("ARG")


def test_image_holds_no_secret() -> None:
    assert {line.partition("=")[0] for line in lines("ARG")} == {"HOLDFAST_VERSION", "HOLDFAST_BUILD_ID"}
    assert not re.search(r"(?i)(password|private_key|_keys?)\s*=", DOCKERFILE.read_text())
