"""The documents have no broken link, name only what exists, and name every status, error and setting."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import holdfast.errors
from holdfast.order import parse_order
from holdfast.statuses.payment_status import PaymentStatus
from holdfast.temporal.names import AUTHORIZE, CANCEL, CAPTURE, PAYMENT, RECONCILE, REFRESH, RESOLVE, RETRY
from holdfast.temporal.search_attributes import ALL
from services.settings import Settings
from tests.support.guide.page import GUIDE, section
from worker import STICKY_TIMEOUT
from workflows.timing import HEARTBEAT

ROOT = Path(__file__).resolve().parents[4]
OPERATIONS = ROOT / "docs" / "operations.md"
MANUAL = ROOT / "docs" / "operations"
LONGEST_OPERATIONS = 260
"""The number of lines of the page that is read in need; reference material is in the folder beside it."""
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text())


def code_blocks(page: Path, language: str) -> list[str]:
    return [body for found, body in FENCE.findall(page.read_text()) if found == language]


def anchors(page: Path) -> set[str]:
    """Returns the fragments that GitHub makes from the headings of a page, and those that the page sets."""
    headings = re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)
    own = re.findall(r'<a id="([\w-]+)"></a>', prose(page))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings} | {*own}


def broken_links(page: Path) -> Iterator[str]:
    for match in LINK.finditer(prose(page)):
        path, _, fragment = match["target"].partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (fragment and fragment not in anchors(target)):
            yield match["target"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_repository_has_a_target(page: Path) -> None:
    assert list(broken_links(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_import_in_an_example_works(page: Path) -> None:
    for block in code_blocks(page, "python"):
        tree = compile(block, str(page), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                module = importlib.import_module(node.module)
                assert [name.name for name in node.names if not hasattr(module, name.name)] == []


def test_order_of_the_guide_is_valid() -> None:
    [literal] = [block for block in code_blocks(GUIDE, "python") if '"paymentReference": "ORDER_1"' in block]
    [order] = [node for node in ast.walk(ast.parse(literal)) if isinstance(node, ast.Call) and node.args]
    fields = ast.literal_eval(order.args[0])
    assert parse_order(fields).captureMode == fields["captureMode"]


def test_guide_explains_every_status() -> None:
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", section("## Statuses").text, flags=re.MULTILINE))
    assert rows == {str(status) for status in PaymentStatus}


def test_guide_explains_every_error() -> None:
    rows = set(re.findall(r"^\| `([A-Za-z]+)` \|", section("## Errors").text, flags=re.MULTILINE))
    errors = {
        name
        for name, kind in vars(holdfast.errors).items()
        if isinstance(kind, type) and issubclass(kind, holdfast.errors.HoldfastError)
    }
    assert rows >= errors - {"HoldfastError"}


def test_guide_names_every_message_of_a_payment() -> None:
    messages = {AUTHORIZE, CAPTURE, CANCEL, RETRY, REFRESH, RESOLVE, RECONCILE}
    assert set(re.findall(r"^\| update `(\w+)` \|", GUIDE.read_text(), flags=re.MULTILINE)) == messages
    assert f"| query `{PAYMENT}` |" in GUIDE.read_text()


def test_operations_can_be_read_in_need() -> None:
    page = OPERATIONS.read_text()
    assert len(page.splitlines()) <= LONGEST_OPERATIONS
    sections = re.findall(r"^## (.+)$", prose(OPERATIONS), flags=re.MULTILINE)
    assert re.findall(r"^- \[(.+?)\]\(#", page, flags=re.MULTILINE) == sections


def test_operations_leads_to_every_page_of_the_manual() -> None:
    linked = {match["target"].partition("#")[0] for match in LINK.finditer(OPERATIONS.read_text())}
    assert {f"operations/{page.name}" for page in MANUAL.glob("*.md")} <= linked


def test_settings_page_explains_every_setting_and_no_other() -> None:
    table = (MANUAL / "settings.md").read_text()
    cells = re.findall(r"^\| ([^|]+) \|", table, flags=re.MULTILINE)
    named = set(re.findall(r"`([A-Z_]+)`", " ".join(cells)))
    assert named == {name.upper() for name in Settings.model_fields}


def test_operations_lists_every_search_attribute_with_its_type() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \| (\w+) \|", OPERATIONS.read_text(), flags=re.MULTILINE))
    assert rows == {(key.name, key.indexed_value_type.name.capitalize()) for key in ALL}


def test_every_review_reason_that_is_explained_exists() -> None:
    sources = [path for folder in ("settlement", "workflows") for path in (ROOT / folder).rglob("*.py")]
    given = "\n".join(path.read_text() for path in sources)
    table = (
        (MANUAL / "review-reasons.md").read_text().partition("| reason | look at |")[2].partition("\n\n")[0]
    )
    reasons = re.findall(r"^\| `([^`]+)`", table, flags=re.MULTILINE)
    assert len(reasons) >= 5
    fragments = [part for reason in reasons for part in re.split(r"\.\.\.|CODE", reason) if part.strip()]
    assert [part for part in fragments if part not in given] == []


def test_operations_has_the_current_values_of_the_timeouts_after_a_killed_worker() -> None:
    values = {
        "`HEARTBEAT` in `workflows/timing.py`": HEARTBEAT,
        "`STICKY_TIMEOUT` in `worker.py`": STICKY_TIMEOUT,
    }
    page = (MANUAL / "temporal.md").read_text()
    assert [name for name, value in values.items() if f"| {name} | {value.seconds} s |" not in page] == []


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "adr"
    listed = set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text()))
    assert listed == {path.name for path in folder.glob("0*.md")}


def test_every_threat_names_an_existing_test() -> None:
    table = (ROOT / "SECURITY.md").read_text().partition("## Threats")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)` \|$", table, flags=re.MULTILINE)
    assert len(named) == len(rows) >= 20
    assert [f"{file}::{test}" for file, test in named if test not in names_of_tests(ROOT / file)] == []


def names_of_tests(file: Path) -> set[str]:
    nodes = ast.parse(file.read_text()).body if file.exists() else []
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
