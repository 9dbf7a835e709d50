"""The published schemas match the models and the contract."""

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

from holdfast import Payment
from tools.checks import schemas


def order() -> dict[str, object]:
    return {
        "paymentReference": "ORDER_1",
        "order": {
            "referenceOrderId": "ORDER_1",
            "orderDescription": "two books",
            "orderAmount": {"currency": "EUR", "value": "30000"},
            "buyer": {"referenceBuyerId": "buyer-1"},
        },
        "paymentAmount": {"currency": "EUR", "value": "30000"},
        "env": {"terminalType": "WEB", "clientIp": "203.0.113.7"},
        "paymentRedirectUrl": "https://shop.example.com/result",
        "paymentMethod": {"paymentMethodType": "CARD"},
    }


def schema(name: str) -> dict[str, object]:
    document: dict[str, object] = json.loads(schemas.texts()[f"{name}.json"])
    return document


def test_schemas_in_the_repository_are_current() -> None:
    assert schemas.run(["--check"]) == 0


def test_writing_twice_gives_the_same_bytes_and_a_newline_at_the_end(tmp_path: Path) -> None:
    assert schemas.run([], tmp_path) == 0
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert schemas.run([], tmp_path) == 0
    assert first == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert all(content.endswith(b"}\n") for content in first.values())


def test_check_names_a_schema_that_is_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schemas.run([], tmp_path)
    (tmp_path / "Payment.json").write_text("{}\n")
    assert schemas.run(["--check"], tmp_path) == 1
    text = capsys.readouterr().err
    assert "Payment.json is stale" in text
    assert "PaymentOrder.json" not in text


def test_check_names_a_schema_without_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schemas.run([], tmp_path)
    (tmp_path / "Removed.json").write_text("{}\n")
    assert schemas.run(["--check"], tmp_path) == 1
    assert "Removed.json is stale" in capsys.readouterr().err
    schemas.run([], tmp_path)
    assert not (tmp_path / "Removed.json").exists()


def test_an_unknown_argument_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert schemas.run(["--chek"]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(schemas.texts()))
def test_every_schema_is_a_valid_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schemas.texts()[name]))


def test_order_accepted_by_the_model_is_accepted_by_the_schema() -> None:
    jsonschema.validate(order(), schema("PaymentOrder"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"paymentReference": "not a reference"},
        {"unknownField": 1},
        {"paymentMethod": {"paymentMethodType": "CARD", "cardNo": "0"}},
        {"paymentAmount": {"currency": "EUR", "value": "12.5"}},
        {"completeWithin": 0},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_order_refused_by_the_model_is_refused_by_the_schema(wrong: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(order() | wrong, schema("PaymentOrder"))


def test_payment_as_it_is_written_has_every_field_that_its_schema_requires() -> None:
    written = Payment.model_validate(
        {
            "paymentReference": "ORDER_1",
            "merchantAccount": "default",
            "paymentAmount": {"currency": "EUR", "value": "30000"},
            "captureMode": "MANUAL",
            "attempts": [{"paymentRequestId": "ORDER_1-1", "startedAt": "2026-01-31T12:00:00Z"}],
        }
    ).model_dump(mode="json")
    definition = schema("Payment")
    jsonschema.validate(written, definition)
    assert definition["required"] == list(written)


def test_audit_event_has_the_field_from() -> None:
    definitions = schema("Payment")["$defs"]
    assert isinstance(definitions, dict)
    assert "from" in definitions["AuditEvent"]["properties"]
