"""The card and its cryptogram from the vault in the body of a pay call."""

from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.calls import Failure
from activities.gateway.pay_request import pay_request
from holdfast.antom.models import CARD_FIELDS, CardMetaData, MpiData, PayRequest, RawCardMetaData, RawMpiData
from holdfast.card_vault import CardData
from holdfast.order import parse_order
from tests.support.complete_order import complete_order, complete_payment_method
from tests.support.leaks.marks import CRYPTOGRAM, CVV, MONTH, PIN, VISA, YEAR
from tests.support.orders import order_fields, with_metadata

CARD = {"cardNo": VISA, "cvv": CVV, "expiryMonth": MONTH, "expiryYear": YEAR}
MPI = {"eci": "05", "threeDSVersion": "2.2.0"}


def request(fields: dict[str, Any], card: CardData | None) -> PayRequest:
    return pay_request(parse_order(fields), "ORDER_1-1", "https://pay.example.com/n", card)


def meta_data(fields: dict[str, Any], card: CardData | None) -> dict[str, Any]:
    body: dict[str, Any] = request(fields, card).model_dump(exclude_none=True)
    found: dict[str, Any] = body["paymentMethod"]["paymentMethodMetaData"]
    return found


@pytest.mark.parametrize("name", ["cavv", "caav"])
def test_cryptogram_of_the_vault_is_beside_the_rest_of_the_orders_mpi_data(name: str) -> None:
    card = CardData.model_validate({**CARD, name: CRYPTOGRAM})
    sent = meta_data(order_fields(paymentMethod=with_metadata(mpiData=MPI, tokenize=True)), card)
    assert sent == {**CARD, "tokenize": True, "mpiData": {**MPI, name: CRYPTOGRAM}}


def test_card_without_a_cryptogram_leaves_mpi_data_as_the_order_has_it() -> None:
    card = CardData.model_validate({**CARD, "cardPasswordDigest": PIN})
    fields = order_fields(paymentMethod=with_metadata(mpiData=MPI))
    assert meta_data(fields, card) == {**CARD, "cardPasswordDigest": PIN, "mpiData": MPI}
    assert meta_data(fields, None) == {"mpiData": MPI}
    assert meta_data(order_fields(), card) == {**CARD, "cardPasswordDigest": PIN}


@pytest.mark.parametrize("meta", [{}, {"is3DSAuthentication": True}])
def test_cryptogram_without_mpi_data_is_an_invalid_order_for_good(meta: dict[str, Any]) -> None:
    card = CardData.model_validate({**CARD, "cavv": CRYPTOGRAM})
    with pytest.raises(ApplicationError, match=r"mpiData: is required") as refused:
        request(order_fields(paymentMethod=with_metadata(**meta)), card)
    assert (refused.value.type, refused.value.non_retryable) == (Failure.INVALID_ORDER, True)
    assert CRYPTOGRAM not in str(refused.value)


def test_every_field_of_the_card_is_sent_with_its_value() -> None:
    every = {**CARD, "cardPasswordDigest": PIN, "cavv": CRYPTOGRAM, "caav": CRYPTOGRAM[::-1].strip("=")}
    assert set(every) == set(CardData.model_fields)
    method = {**complete_payment_method(), "paymentMethodId": None}
    sent = meta_data(complete_order(paymentMethod=method), CardData.model_validate(every))
    assert {**sent, **sent["mpiData"]}.items() >= every.items()


def test_card_fields_are_what_the_raw_models_add() -> None:
    card = set(RawCardMetaData.model_fields) - set(CardMetaData.model_fields)
    assert card | (set(RawMpiData.model_fields) - set(MpiData.model_fields)) == CARD_FIELDS
    assert set(CardData.model_fields) == CARD_FIELDS
