"""What the package promises as a whole: its public names, and who may bring in the network."""

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
PROMISED = NAMES.split()
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
def test_only_the_client_brings_in_the_network(path: Path) -> None:
    network = imported_by(path) & NETWORK
    assert network == ({"httpx"} if path == ROOT / "client.py" else set())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_but_the_protocol_is_known_here(path: Path) -> None:
    ours = {"settlement", "activities", "workflows", "services", "simulator", "temporalio", "settings"}
    assert not imported_by(path) & ours


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_model_is_exported(name: str) -> None:
    assert name in models.__all__
    assert hasattr(models, name)


def test_all_that_is_exported_exists_and_is_sorted_once() -> None:
    assert len(models.__all__) == len(set(models.__all__))
    assert all(hasattr(models, name) for name in models.__all__)


def test_every_model_hides_what_it_was_given_and_is_frozen() -> None:
    for base in (models.RequestModel, models.ResponseModel):
        for model in (base, *base.__subclasses__()):
            assert model.model_config.get("hide_input_in_errors") is True
            assert model.model_config.get("frozen") is True


def test_the_signature_functions_have_the_published_parameters() -> None:
    content = ["method", "path", "client_id", "time", "body"]
    assert list(inspect.signature(signing.is_valid).parameters) == [
        "signature_header",
        *content,
        "public_keys",
    ]
    assert list(inspect.signature(signing.sign).parameters) == [*content, "private_key"]


def test_every_error_of_the_package_is_in_the_tree_that_is_drawn() -> None:
    drawn = errors.__doc__ or ""
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    assert all(issubclass(kind, errors.AntomError) and kind.__name__ in drawn for kind in kinds)


def test_the_three_outcomes_cannot_be_changed() -> None:
    for outcome_made in (outcome.DidNotHappen("x"), outcome.Unknown("x"), outcome.Happened(1)):
        with pytest.raises(AttributeError):
            outcome_made.reason = "y"  # type: ignore[misc, union-attr]  # that it is refused is the test


def test_the_waits_of_a_call_have_their_published_ends() -> None:
    assert (Timeouts().connect, Timeouts().read, Timeouts().write, Timeouts().pool) == (5, 15, 10, 5)
    assert inspect.iscoroutinefunction(AntomClient.pay)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_public_name_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.name.startswith("_") or ast.get_docstring(node), node.name
