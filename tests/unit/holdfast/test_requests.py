"""Capture, cancel and retry requests are validated, whatever a client sends."""

from collections.abc import Callable

import pytest

from holdfast.antom.models import CARD_FIELDS
from holdfast.errors import InvalidRequest
from holdfast.order import (
    CaptureRequest,
    parse_cancel,
    parse_capture,
    parse_order,
    parse_retry,
    parse_retry_fields,
)
from tests.support.orders import PAN, order_fields, with_metadata
from tests.support.settlement.evidence import PART

CARD = {"paymentMethodType": "CARD"}


def refusal(parse: Callable[[object], object], data: object) -> str:
    with pytest.raises(InvalidRequest) as caught:
        parse(data)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    return str(caught.value)


@pytest.mark.parametrize("data", [None, {}, {"captureAmount": None}, CaptureRequest()])
def test_capture_without_amount_is_last_and_captures_everything(data: object) -> None:
    assert parse_capture(data) == CaptureRequest(captureAmount=None, isLastCapture=True)


def test_partial_capture_request_is_accepted() -> None:
    request = parse_capture({"captureAmount": PART.model_dump(), "isLastCapture": False})
    assert (request.captureAmount, request.isLastCapture) == (PART, False)


@pytest.mark.parametrize(
    ("parse", "data", "line"),
    [
        (parse_capture, {"amount": "1"}, "amount: is not a known field"),
        (parse_capture, {"captureAmount": "100"}, "captureAmount: must be an object"),
        (
            parse_capture,
            {"captureAmount": {"currency": "EUR", "value": "12.5"}},
            "captureAmount.value: must be a positive whole number of minor units: 1 to 16 digits, "
            "no leading zero",
        ),
        (parse_capture, "all", "must be an object"),
        (parse_capture, {"isLastCapture": "no"}, "isLastCapture: Input should be a valid boolean"),
        (parse_cancel, None, "must be an object"),
        (parse_cancel, {}, "reason: is required"),
        (parse_cancel, {"reason": ""}, "reason: must not be empty"),
        (parse_cancel, {"reason": "x" * 257}, "reason: at most 256 characters"),
        (parse_cancel, {"reason": "x", "cvv": "987"}, "cvv: is not a known field"),
        (parse_retry_fields, None, "must be an object"),
        (parse_retry_fields, {}, "paymentMethod: is required"),
        (parse_retry_fields, {"paymentMethod": CARD, "order": {}}, "order: is not a known field"),
        (
            parse_retry_fields,
            {"paymentMethod": CARD, "env": {"terminalType": "WAP"}},
            "env: osType is required when terminalType is WAP",
        ),
    ],
)
def test_broken_rule_is_named_in_one_line(parse: Callable[[object], object], data: object, line: str) -> None:
    assert refusal(parse, data) == line


@pytest.mark.parametrize("field", sorted(CARD_FIELDS))
def test_retry_with_card_data_is_refused(field: str) -> None:
    message = refusal(parse_retry_fields, {"paymentMethod": with_metadata(**{field: PAN})})
    assert message.startswith(f"paymentMethod.paymentMethodMetaData.{field}: card data is not allowed here")
    assert PAN not in message


def test_retry_that_does_not_fit_its_order_is_refused() -> None:
    issuer = {"paymentMethod": with_metadata(requireIssuerAuthentication=True)}
    automatic, manual = (parse_order(order_fields(captureMode=mode)) for mode in ("AUTOMATIC", "MANUAL"))
    assert parse_retry(issuer, automatic).paymentMethod.paymentMethodMetaData is not None
    message = refusal(lambda data: parse_retry(data, manual), issuer)
    assert message.startswith("captureMode: MANUAL is not possible with paymentMethod.paymentMethodMetaData.")
    assert parse_retry({"paymentMethod": CARD}, manual).env is None
