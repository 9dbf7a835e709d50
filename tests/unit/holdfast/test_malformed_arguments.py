"""An argument of a wrong type, or with half of a character, is refused by name before anything is sent."""

import copy
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from holdfast import (
    HoldfastError,
    InvalidOrder,
    InvalidRequest,
    Outcome,
    PaymentClient,
    PaymentNotFound,
    Resolution,
)
from holdfast.antom.models.env import Env, TerminalType
from holdfast.order import PaymentOrder
from holdfast.reconciliation.client import ReconciliationClient
from tests.support.fake_temporal import Untouchable, client_of
from tests.support.orders import order_fields
from tests.unit.holdfast.test_store_card import Vault

HALF = "a\ud83d"
RESOLUTION = Resolution(outcome=Outcome.ACKNOWLEDGED, resolvedBy="ops-7", reason="done", evidence="dashboard")
CARD: dict[str, object] = {"paymentMethodType": "CARD"}
FULL: dict[str, Any] = json.loads(
    json.dumps(
        order_fields(
            env={"terminalType": "WEB", "clientIp": "192.0.2.7", "userAgent": "Mozilla/5.0"},
            settlementStrategy={"settlementCurrency": "EUR"},
        )
    )
)
Call = Callable[[PaymentClient, Any], Awaitable[object]]
BY_REFERENCE: dict[str, Call] = {
    "get": lambda payments, reference: payments.get(reference),
    "wait": lambda payments, reference: payments.wait(reference),
    "refresh": lambda payments, reference: payments.refresh(reference),
    "capture": lambda payments, reference: payments.capture(reference),
    "cancel": lambda payments, reference: payments.cancel(reference, "out of stock"),
    "retry": lambda payments, reference: payments.retry(reference, CARD),
    "resolve": lambda payments, reference: payments.resolve(reference, RESOLUTION),
}
BY_FIELD: dict[str, tuple[Call, str]] = {
    "key": (lambda payments, value: payments.capture("ORDER_1", key=value), "key"),
    "amount": (lambda payments, value: payments.capture("ORDER_1", value), "captureAmount"),
    "currency": (
        lambda payments, value: payments.capture("ORDER_1", {"currency": value, "value": "1"}),  # type: ignore[arg-type]  # as JSON
        "captureAmount.currency",
    ),
    "reason": (lambda payments, value: payments.cancel("ORDER_1", value), "reason"),
    "method": (lambda payments, value: payments.retry("ORDER_1", value), "paymentMethod"),
    "token": (
        lambda payments, value: payments.retry("ORDER_1", CARD | {"paymentMethodId": value}),
        "paymentMethod.paymentMethodId",
    ),
    "env": (
        lambda payments, value: payments.retry(
            "ORDER_1", CARD, Env.model_construct(terminalType=TerminalType.WEB, clientIp=value)
        ),
        "env.clientIp",
    ),
    "capture of a resolution": (
        lambda payments, value: payments.resolve(
            "ORDER_1", RESOLUTION.model_copy(update={"captureRequestId": value})
        ),
        "captureRequestId",
    ),
}
RECONCILIATION: dict[str, tuple[Callable[[ReconciliationClient, Any], Awaitable[object]], str]] = {
    "report": (lambda client, value: client.report(value), "workflowId"),
    "result": (lambda client, value: client.result(value), "workflowId"),
    "close": (lambda client, value: client.close(value, RESOLUTION), "workflowId"),
    "cron": (lambda client, value: client.schedule({"last": 3600}, cron=value), "cron"),
    "account": (
        lambda client, value: client.start({"last": 3600, "merchantAccount": value}),
        "merchantAccount",
    ),
}


async def _refusal(call: Awaitable[object]) -> HoldfastError:
    """Returns the error of a call, whose text can be encoded and repeats no value."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the type is asserted below
        await call
    assert isinstance(caught.value, HoldfastError)
    assert str(caught.value).isprintable()
    return caught.value


@pytest.mark.parametrize("reference", [None, 5, b"ORDER_1", [], {}, object()])
@pytest.mark.parametrize("call", BY_REFERENCE)
async def test_reference_that_is_no_string_is_refused_by_name(call: str, reference: object) -> None:
    error = await _refusal(BY_REFERENCE[call](client_of(Untouchable()), reference))
    assert type(error) is InvalidRequest
    assert str(error) == "paymentReference: must be a string"


@pytest.mark.parametrize("reference", [HALF, "", "a b"])
@pytest.mark.parametrize("call", BY_REFERENCE)
async def test_reference_that_no_payment_can_have_is_not_found(call: str, reference: str) -> None:
    assert type(await _refusal(BY_REFERENCE[call](client_of(Untouchable()), reference))) is PaymentNotFound


@pytest.mark.parametrize("name", BY_FIELD)
async def test_half_of_a_character_in_a_request_is_refused_by_name(name: str) -> None:
    call, field = BY_FIELD[name]
    error = await _refusal(call(client_of(Untouchable()), HALF))
    assert type(error) is InvalidRequest
    assert str(error).startswith(f"{field}: ")


@pytest.mark.parametrize("key", [5, b"first", [], ""])
async def test_key_that_is_no_string_is_refused(key: Any) -> None:
    error = await _refusal(client_of(Untouchable()).capture("ORDER_1", key=key))
    assert str(error) == "key: must be a string that is not empty"


@pytest.mark.parametrize("resolution", [None, "SUCCEEDED", object(), {"outcome": "SUCCEEDED"}])
async def test_resolution_that_is_none_is_refused(resolution: Any) -> None:
    assert type(await _refusal(client_of(Untouchable()).resolve("ORDER_1", resolution))) is InvalidRequest


@pytest.mark.parametrize("order", [None, 5, "ORDER_1", [], object(), {HALF: 1}, FULL | {HALF: 1}])
async def test_order_that_is_none_is_refused(order: Any) -> None:
    assert type(await _refusal(client_of(Untouchable()).authorize(order))) is InvalidOrder


@pytest.mark.parametrize("card", [None, "4117347806156383", {"cardNo": "4117347806156383"}])
async def test_card_that_is_no_card_data_is_refused(card: Any) -> None:
    vault = Vault()
    error = await _refusal(client_of(Untouchable(), vault=vault).store_card(card))
    assert str(error) == "card: must be CardData"
    assert vault.cards == {}


@pytest.mark.parametrize("value", [None, 5, "", HALF])
@pytest.mark.parametrize("name", RECONCILIATION)
async def test_argument_of_a_reconciliation_is_refused_by_name(name: str, value: object) -> None:
    call, field = RECONCILIATION[name]
    error = await _refusal(call(ReconciliationClient(Untouchable()), value))  # type: ignore[arg-type]  # no Temporal
    assert type(error) is InvalidRequest
    assert str(error).startswith(f"{field}: ")


Path = tuple[str, ...]


def _texts(fields: dict[str, Any], path: Path = ()) -> Iterator[Path]:
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _texts(value, (*path, name))
        elif isinstance(value, str):
            yield (*path, name)


def _changed(path: Path, text: str) -> dict[str, Any]:
    fields = copy.deepcopy(FULL)
    parent = fields
    for name in path[:-1]:
        parent = parent[name]
    parent[path[-1]] = text
    return fields


@pytest.mark.parametrize("path", [*_texts(FULL)], ids=".".join)
async def test_half_of_a_character_in_any_text_of_an_order_is_refused_by_name(path: Path) -> None:
    error = await _refusal(client_of(Untouchable()).authorize(_changed(path, HALF)))
    assert type(error) is InvalidOrder
    assert str(error).startswith(f"{'.'.join(path)}: ")


async def test_order_that_was_built_without_validation_is_checked_too() -> None:
    env = Env.model_construct(terminalType=TerminalType.WEB, clientIp=HALF)
    order = PaymentOrder.model_validate(FULL).model_copy(update={"env": env})
    error = await _refusal(client_of(Untouchable()).authorize(order))
    assert str(error) == "env.clientIp: must not contain NUL or half of a surrogate pair"
