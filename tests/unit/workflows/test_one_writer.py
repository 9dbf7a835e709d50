"""Only one class changes a payment, so that every change is a named decision."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import workflows
from holdfast.order import parse_order
from tests.support.orders import order_fields
from tests.support.workflows.clock import Clock
from workflows.card_payment import payment_state as case
from workflows.card_payment.payment_state import PaymentState

ROOT = Path(workflows.__file__).parent
WRITER = PaymentState.__name__
FIELDS = {"payment", "_payment"}
DECISIONS = {
    "apply_event",
    "accept_external_captures",
    "request_cancel",
    "request_capture",
    "flag_difference",
    "apply_resolution",
    "open_payment",
    "start_attempt",
    "settle",
    "settle_inquiry",
}
"""Functions that return a changed payment, and with them everything in `settlement.audit.trail`."""


def _assigned(tree: ast.AST) -> Iterator[ast.Attribute]:
    """Generates each assignment or deletion of the payment attribute outside of its writer."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and node.name == WRITER:
            continue
        if isinstance(node, ast.Attribute) and node.attr in FIELDS and not isinstance(node.ctx, ast.Load):
            yield node
        yield from _assigned(node)


def _set_by_name(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in {"setattr", "__setattr__", "delattr"}:
                yield node


def _imports_a_decision(tree: ast.AST) -> bool:
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = {alias.name for node in imports for alias in node.names}
    return bool(names & DECISIONS) or any(node.module == "settlement.audit.trail" for node in imports)


SOURCES = sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_payment_is_assigned_only_by_its_writer(path: Path) -> None:
    tree = ast.parse(path.read_text())
    lines = [node.lineno for node in (*_assigned(tree), *_set_by_name(tree))]
    assert lines == [], f"{path.name} assigns a payment; give {WRITER} a named method"


def test_decisions_are_imported_only_by_the_file_of_the_writer() -> None:
    users = {path.name for path in SOURCES if _imports_a_decision(ast.parse(path.read_text()))}
    assert users == {Path(case.__file__).name}


@pytest.mark.parametrize(
    "code",
    [
        "state.payment = other",
        "state._payment = other",
        "state.payment: Payment = other",
        "state.order, state.payment = order, other",
        "del state.payment",
        "for state.payment in payments: pass",
        "with opened() as state.payment: pass",
    ],
)
def test_every_form_of_assignment_is_found(code: str) -> None:
    assert list(_assigned(ast.parse(code)))
    assert not list(_assigned(ast.parse(f"class {WRITER}:\n    def set(self) -> None:\n        {code}")))


def test_payment_attribute_is_read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case, "workflow", Clock())
    state = PaymentState(parse_order(order_fields()))
    with pytest.raises(AttributeError):
        setattr(state, "payment", state.payment)  # noqa: B010 - a type checker refuses the plain assignment
