"""Checks of the image that need no container engine."""

import ast
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Image:
    """One image: its Dockerfile, what it may hold of the build context, and the programs that it runs."""

    dockerfile: Path
    ignore_file: Path
    programs: tuple[str, ...]
    lock: str

    @property
    def text(self) -> str:
        return self.dockerfile.read_text()

    def lines(self, instruction: str) -> list[str]:
        text = self.text.replace("\\\n", " ")
        return re.findall(rf"^{instruction} (.+)$", text, flags=re.MULTILINE)

    def copied(self) -> set[str]:
        """Returns every path of the build context that the image copies."""
        own = (line.split() for line in self.lines("COPY") if "--from" not in line)
        return {source for words in own for source in words[:-1]}


HOLDFAST = Image(
    ROOT / "Dockerfile",
    ROOT / ".dockerignore",
    ("worker.py", "webhook.py", "codec_server.py"),
    "requirements/run.txt",
)
SIMULATOR = Image(
    ROOT / "simulator" / "Dockerfile",
    ROOT / "simulator" / "Dockerfile.dockerignore",
    ("simulator",),
    "requirements/simulator.txt",
)
each_image = pytest.mark.parametrize("image", [HOLDFAST, SIMULATOR], ids=["holdfast", "simulator"])
FIRST_PARTY = {path.name for path in ROOT.iterdir() if path.is_dir() and any(path.glob("*.py"))} | {
    path.stem for path in ROOT.glob("*.py")
}


def project() -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def imported_packages(path: Path) -> set[str]:
    """Returns the top-level names that a file imports."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        found |= {name.partition(".")[0] for name in names}
    return found


def imported_by(path: Path) -> set[str]:
    """Returns the first-party top-level names that a file imports."""
    return imported_packages(path) & FIRST_PARTY


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


@each_image
def test_dockerfile_passes_hadolint(image: Image) -> None:
    hadolint = str(Path(sys.executable).parent / "hadolint")
    done = subprocess.run([hadolint, str(image.dockerfile)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@each_image
def test_everything_the_image_copies_is_in_the_repository(image: Image) -> None:
    assert {path for path in image.copied() if not (ROOT / path).exists()} == set()


@each_image
def test_everything_a_process_imports_is_in_the_image(image: Image) -> None:
    in_image = {path.removesuffix(".py") for path in image.copied()}
    assert all(needed_by(program) <= in_image for program in image.programs)


@each_image
def test_image_contains_only_what_a_process_needs(image: Image) -> None:
    needed = set[str]().union(*(needed_by(program) for program in image.programs))
    assert {path.removesuffix(".py") for path in image.copied()} - needed == {image.lock}


@each_image
def test_build_context_holds_only_what_the_image_copies(image: Image) -> None:
    rules = [line for line in image.ignore_file.read_text().splitlines() if line[:1] not in {"", "#"}]
    assert rules[0] == "*"
    assert {rule.removeprefix("!") for rule in rules if rule.startswith("!")} == image.copied()


@each_image
def test_base_image_is_pinned_to_a_version(image: Image) -> None:
    assert all(re.match(r"\S+:\d+\.\d+\.\d+", line) for line in image.lines("FROM"))


@each_image
def test_image_runs_as_a_numbered_user_that_is_not_root(image: Image) -> None:
    users = image.lines("USER")
    assert users
    assert all(re.fullmatch(r"[1-9]\d*:[1-9]\d*", user) for user in users)


@each_image
def test_image_has_a_health_check(image: Image) -> None:
    assert len(image.lines("HEALTHCHECK")) == 1


@each_image
def test_image_installs_only_what_the_lock_file_names_by_hash(image: Image) -> None:
    installs = [line for line in image.lines("RUN") if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)


@each_image
def test_image_writes_byte_code_of_everything_it_holds_at_build_time(image: Image) -> None:
    compiled = [line for line in image.lines("RUN") if "compileall" in line]
    assert all("--invalidation-mode unchecked-hash" in line for line in compiled)
    assert [line.split()[-1] for line in compiled] == ["/opt/venv/lib", "/app"]
    assert image.lines("WORKDIR")[-1] == "/app"


@each_image
def test_image_compiles_after_the_last_source_is_copied(image: Image) -> None:
    text = image.text
    assert text.rindex("compileall") > text.rindex("\nCOPY ")
    assert text.rindex("compileall") < text.rindex("\nUSER ")


@each_image
def test_image_does_not_keep_python_from_using_byte_code(image: Image) -> None:
    assert "PYTHONDONTWRITEBYTECODE" not in image.text
    assert "PYTHONPYCACHEPREFIX" not in image.text


@each_image
def test_image_contains_its_commit_when_the_build_sets_it(image: Image) -> None:
    assert any("HOLDFAST_BUILD_ID=$HOLDFAST_BUILD_ID" in line.split() for line in image.lines("ENV"))


@each_image
def test_image_has_the_labels_of_the_oci_image_specification(image: Image) -> None:
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]*)"', " ".join(image.lines("LABEL"))))
    assert labels.keys() == {"title", "description", "licenses", "version", "revision"}
    assert labels["licenses"] == project()["license"]
    assert labels["version"] == "$HOLDFAST_VERSION"
    assert labels["revision"] == "$HOLDFAST_BUILD_ID"


@each_image
def test_default_version_of_the_image_is_that_of_the_project(image: Image) -> None:
    assert f'HOLDFAST_VERSION="{project()["version"]}"' in image.lines("ARG")


@each_image
def test_image_holds_no_secret(image: Image) -> None:
    assert {line.partition("=")[0] for line in image.lines("ARG")} == {
        "HOLDFAST_VERSION",
        "HOLDFAST_BUILD_ID",
    }
    assert not re.search(r"(?i)(password|private_key|_keys?)\s*=", image.text)


def test_only_the_image_of_the_simulator_holds_the_simulator() -> None:
    assert "simulator" not in HOLDFAST.copied()
    assert "simulator" in SIMULATOR.copied()


def test_image_of_the_simulator_installs_every_package_that_it_imports() -> None:
    distributions = packages_distributions()
    foreign = set[str]()
    for folder in ("simulator", "holdfast"):
        for path in (ROOT / folder).rglob("*.py"):
            foreign |= imported_packages(path) - FIRST_PARTY - set(sys.stdlib_module_names)
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / SIMULATOR.lock).read_text(), re.MULTILINE))
    # the vaults of merchants and the command line are in holdfast, and the simulator runs neither
    missing = {
        name for name in foreign if not locked & {canonicalize_name(each) for each in distributions[name]}
    }
    assert missing == {"redis", "rich", "typer"}


def test_image_of_the_simulator_holds_its_templates_and_styles() -> None:
    rules = SIMULATOR.ignore_file.read_text().splitlines()
    excluded = [rule for rule in rules if rule and not rule.startswith(("#", "!"))]
    assert excluded == ["*", "**/__pycache__", "**/*.pyc"]
