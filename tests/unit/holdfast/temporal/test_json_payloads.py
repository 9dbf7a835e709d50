"""Any bytes of another client are decoded where any JSON is accepted, so that a workflow can refuse them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter

from holdfast.errors import InvalidOrder, InvalidRequest
from holdfast.order import PaymentOrder, parse_capture, parse_order
from holdfast.temporal.connection import data_converter
from tests.support.orders import order_fields

CONVERTER = data_converter().payload_converter
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def decoded(data: bytes, kind: type = object) -> Any:
    payload = Payload(metadata={"encoding": b"json/plain"}, data=data)
    return CONVERTER.from_payloads([payload], [kind])[0]


@given(value=JSON)
def test_json_is_encoded_and_decoded_as_pydantic_does_it(value: object) -> None:
    standard = pydantic_data_converter.payload_converter
    assert CONVERTER.to_payloads([value]) == standard.to_payloads([value])
    assert decoded(json.dumps(value).encode()) == value


@given(data=st.binary() | st.text(alphabet='{}[]":,\\ud80f1', max_size=40).map(str.encode))
def test_any_bytes_are_decoded_to_what_is_refused_or_accepted_in_one_line(data: bytes) -> None:
    argument = decoded(data)
    with pytest.raises(InvalidOrder) as refused:
        parse_order(argument)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"a":1}}', b"[" * 100_000])
def test_argument_that_is_not_json_is_refused_as_no_object(data: bytes) -> None:
    with pytest.raises(InvalidOrder, match=r"^must be an object$"):
        parse_order(decoded(data))
    # None would mean the whole amount
    with pytest.raises(InvalidRequest, match=r"^must be an object$"):
        parse_capture(decoded(data))


@pytest.mark.parametrize("half", [rb"\ud800", rb"\udfff", rb"a\udc00\ud800b"])
def test_half_of_a_surrogate_pair_is_named_by_its_field(half: bytes) -> None:
    data = json.dumps(order_fields()).encode()
    with pytest.raises(InvalidOrder, match=r"^order.orderDescription: must be Unicode text"):
        parse_order(decoded(data.replace(b"Two cups", half)))
    with pytest.raises(InvalidOrder, match=r"^paymentMethod: must be Unicode text"):
        parse_order(decoded(data.replace(b'"paymentMethodType"', b'"\\ud800": 1, "paymentMethodType"')))


def test_argument_of_a_model_is_not_decoded_leniently() -> None:
    with pytest.raises(ValidationError):
        decoded(b'{"paymentReference": "\\ud800"}', PaymentOrder)
