"""The public names of the package, its imports, and the rules that all its models follow."""

import ast
import inspect
from pathlib import Path

import pytest

import holdfast.antom
from holdfast.antom import errors, models, outcome, signing
from holdfast.antom.client import AntomClient, Timeouts

ROOT = Path(holdfast.antom.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
NAMES = """
    RequestModel ResponseModel Result ResultStatus Amount Order Buyer Env SettlementStrategy CardMetaData
    RawCardMetaData PaymentMethod PaymentFactor CaptureMode CreditPayPlan PayRequest PayResponse
    InquiryPaymentRequest InquiryPaymentResponse Transaction GatewayCaptureRequest CaptureResponse
    CancelRequest CancelResponse
    RedirectActionForm PaymentResultInfo ThreeDSResult PaymentNotification CaptureNotification
    parse_notification format_validation_error
"""
PUBLIC_MODELS = NAMES.split()
NETWORK = {"httpx", "requests", "urllib3", "socket", "http", "ssl", "aiohttp"}


def imported_by(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_client_imports_network_libraries(path: Path) -> None:
    network = imported_by(path) & NETWORK
    assert network == ({"httpx"} if path == ROOT / "client.py" else set())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_package_imports_no_other_package_of_the_project(path: Path) -> None:
    other_packages = {
        "settlement",
        "activities",
        "workflows",
        "services",
        "simulator",
        "temporalio",
        "settings",
    }
    assert not imported_by(path) & other_packages


@pytest.mark.parametrize("name", PUBLIC_MODELS)
def test_public_model_is_exported(name: str) -> None:
    assert name in models.__all__
    assert hasattr(models, name)


def test_every_exported_name_exists_once() -> None:
    assert len(models.__all__) == len(set(models.__all__))
    assert all(hasattr(models, name) for name in models.__all__)


def test_every_model_is_frozen_and_hides_its_input_in_errors() -> None:
    for base in (models.RequestModel, models.ResponseModel):
        for model in (base, *base.__subclasses__()):
            assert model.model_config.get("hide_input_in_errors") is True
            assert model.model_config.get("frozen") is True


def test_signature_functions_have_the_published_parameters() -> None:
    content = ["method", "path", "client_id", "time", "body"]
    assert list(inspect.signature(signing.is_valid).parameters) == [
        "signature_header",
        *content,
        "public_keys",
    ]
    assert list(inspect.signature(signing.sign).parameters) == [*content, "private_key"]


def test_every_error_is_in_the_tree_of_the_module_docstring() -> None:
    tree = errors.__doc__ or ""
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    assert all(issubclass(kind, errors.AntomError) and kind.__name__ in tree for kind in kinds)


def test_outcomes_are_immutable() -> None:
    for instance in (outcome.DidNotHappen("x"), outcome.Unknown("x"), outcome.Happened(1)):
        with pytest.raises(AttributeError):
            instance.reason = "y"  # type: ignore[misc, union-attr]  # the test expects the refusal


def test_timeouts_have_the_published_defaults() -> None:
    assert (Timeouts().connect, Timeouts().read, Timeouts().write, Timeouts().pool) == (5, 15, 10, 5)
    assert inspect.iscoroutinefunction(AntomClient.pay)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_public_name_has_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.name.startswith("_") or ast.get_docstring(node), node.name
