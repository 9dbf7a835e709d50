"""Detection of card numbers in free text of merchant services and operators."""

import json
from typing import Any

import pytest
from temporalio.client import Client

from holdfast import InvalidOrder, InvalidRequest, PaymentClient
from holdfast.order import parse_order
from holdfast.resolution import Outcome, Resolution
from holdfast.validation.card_numbers import contains_card_number, reject_card_numbers
from tests.support.leaks import marks
from tests.support.orders import order_fields

VISA, AMEX, DINERS = marks.VISA, "378282246310005", "30569309025904"
Json = dict[str, Any]


@pytest.mark.parametrize(
    "text",
    [
        VISA,
        f"paid with {VISA}, thanks",
        f"card:{VISA}/0831",
        "4054 6957 2310 0768",
        "4054-6957-2310-0768",
        "4054.6957.2310.0768",
        "4054 - 6957 - 2310 - 0768",
        f"1 x tea, 2 x cups {VISA}",
        "5555555555554444",
        "2223003122003222",
        AMEX,
        DINERS,
        "6200000000000005",
        "3530111333300000",
    ],
)
def test_card_number_is_detected(text: str) -> None:
    assert contains_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "Cups and saucers",
        "4054695723100769",
        "405469******0768",
        "2026-11-26 03:05:44.123456",
        "order 20261126030544123456",
        "1732591544123",
        "9999999999999995",
        f"{VISA}1234",
        "tel. +49 155 509172",
        "",
    ],
)
def test_text_without_a_card_number_is_not_detected(text: str) -> None:
    assert not contains_card_number(text)


def _order(**order: object) -> Json:
    fields = order_fields()
    return {**fields, "order": {**fields["order"], **order}}


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        (_order(orderDescription=f"card {VISA}"), "order.orderDescription"),
        (_order(extendInfo=json.dumps({"a": [{"cvv": "0831"}]})), "order.extendInfo"),
        (_order(extendInfo=f"card {VISA}"), "order.extendInfo"),
        (
            {**_order(), "paymentMethod": {"paymentMethodType": "CARD", "paymentMethodId": VISA}},
            "paymentMethod.paymentMethodId",
        ),
    ],
)
def test_order_with_a_card_number_is_refused_with_the_field_name(fields: Json, path: str) -> None:
    with pytest.raises(InvalidOrder) as refused:
        reject_card_numbers(parse_order(fields), InvalidOrder)
    assert str(refused.value) == (
        f"{path}: contains what looks like card data; put a card into the card vault"
    )


def test_card_number_in_an_id_field_is_not_refused() -> None:
    order = parse_order(_order(referenceOrderId=VISA, extendInfo='{"note": "no card"}'))
    assert reject_card_numbers(order, InvalidOrder) is order


@pytest.fixture
async def payments() -> PaymentClient:
    """A client without a reachable Temporal server: each refusal comes before any request."""
    return PaymentClient(await Client.connect("127.0.0.1:1", lazy=True))


async def test_client_refuses_card_numbers_before_any_request(payments: PaymentClient) -> None:
    text = f"dashboard shows {VISA}"
    resolution = Resolution(outcome=Outcome.ACKNOWLEDGED, resolvedBy="ada", reason="asked", evidence=text)
    with pytest.raises(InvalidOrder, match=r"^order.orderDescription: "):
        await payments.authorize(_order(orderDescription=text))
    with pytest.raises(InvalidRequest, match=r"^reason: "):
        await payments.cancel("ORDER_1", text)
    with pytest.raises(InvalidRequest, match=r"^evidence: "):
        await payments.resolve("ORDER_1", resolution)
    with pytest.raises(InvalidRequest, match=r"^paymentMethod.paymentMethodId: "):
        await payments.retry("ORDER_1", {"paymentMethodType": "CARD", "paymentMethodId": VISA})
