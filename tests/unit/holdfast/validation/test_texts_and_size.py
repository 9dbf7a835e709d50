"""The characters that a text may have, the ids among the texts, and the size of a request."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from holdfast.errors import InvalidOrder, InvalidRequest
from holdfast.order import PaymentOrder, parse_cancel, parse_order, parse_retry_fields
from holdfast.resolution import parse_resolution
from holdfast.validation.size import MAX_BYTES
from holdfast.validation.texts import IDS
from tests.support.complete_order import complete_order, leaves
from tests.support.orders import order_fields
from tests.support.orders_with_a_value import with_value

TEXTS = [path for path, value in leaves(complete_order()) if isinstance(value, str)]
ID_TEXTS = [path for path in TEXTS if path[-1] in IDS]
BREAKS = [chr(code) for code in range(0x2030) if unicodedata.category(chr(code)) in ("Cc", "Zl", "Zp")]


@given(path=st.sampled_from(TEXTS), before=st.text(max_size=2), bad=st.sampled_from("\0\ud800\udfff"))
def test_text_that_no_database_stores_is_refused_everywhere(
    path: tuple[str, ...], before: str, bad: str
) -> None:
    with pytest.raises(InvalidOrder) as refused:
        parse_order(with_value(complete_order(), path, f"{before}{bad}"))
    assert str(refused.value).startswith((".".join(path), path[0]))
    assert str(refused.value).isprintable()


@given(path=st.sampled_from(ID_TEXTS), bad=st.sampled_from(BREAKS))
def test_line_break_or_control_character_in_an_id_is_refused(path: tuple[str, ...], bad: str) -> None:
    with pytest.raises(InvalidOrder, match=rf"^{'.'.join(path)}: "):
        parse_order(with_value(complete_order(), path, f"a{bad}b"))


def test_line_break_in_a_text_that_is_no_id_is_accepted() -> None:
    fields = with_value(complete_order(), ("order", "shipping", "notes"), "ring twice\nthen wait\t…")
    assert parse_order(fields).order.shipping is not None


def test_ids_are_in_the_models_or_in_other_requests() -> None:
    assert {path[-1] for path in ID_TEXTS} >= IDS - {"cardReference", "paymentId", "captureRequestId", "key"}


def test_requests_with_text_that_no_database_stores_are_refused() -> None:
    resolution = {"outcome": "FAILED", "resolvedBy": "ada", "reason": "asked", "evidence": "dashboard"}
    with pytest.raises(InvalidRequest, match=r"^reason: must not contain NUL"):
        parse_cancel({"reason": "out of\0stock"})
    with pytest.raises(InvalidRequest, match=r"^paymentId: is an id"):
        parse_resolution({**resolution, "paymentId": "2026\n1123"})
    with pytest.raises(InvalidRequest, match=r"^paymentMethod.paymentMethodId: is an id"):
        parse_retry_fields({"paymentMethod": {"paymentMethodType": "CARD", "paymentMethodId": "a\nb"}})


def _order_of(size: int, letter: str = "x") -> PaymentOrder:
    """Returns an order whose JSON has this size in bytes."""
    empty = order_fields()
    empty["order"] = {**empty["order"], "extendInfo": ""}
    rest = size - len(to_json(parse_order(empty), exclude_none=True))
    letters, more = divmod(rest, len(letter.encode()))
    return PaymentOrder.model_validate(
        with_value(empty, ("order", "extendInfo"), letter * letters + "x" * more)
    )


@pytest.mark.parametrize("letter", ["x", "ü", "茶"])
def test_order_of_256_kib_is_accepted_and_one_byte_more_is_not(letter: str) -> None:
    parse_order(_order_of(MAX_BYTES, letter))
    with pytest.raises(InvalidOrder) as refused:
        parse_order(_order_of(MAX_BYTES + 1, letter))
    assert str(refused.value) == "order: is too large, a request has at most 262144 bytes of JSON"


def test_client_and_workflow_measure_the_same_size() -> None:
    """The fields without a value are null in Temporal, and another client leaves them out."""
    order = _order_of(MAX_BYTES)
    parse_order(order.model_dump(mode="json"))
    parse_order(order.model_dump(mode="json", exclude_unset=True))


def test_retry_of_more_than_256_kib_is_refused() -> None:
    meta = {"selectedCardBrand": "x" * MAX_BYTES}
    with pytest.raises(InvalidRequest, match=r"^paymentMethod: is too large"):
        parse_retry_fields({"paymentMethod": {"paymentMethodType": "CARD", "paymentMethodMetaData": meta}})
