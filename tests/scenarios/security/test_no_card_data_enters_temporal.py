"""PCI DSS 3.3.1: no card number, CVV, expiry or PIN digits in any history, and none left in the vault."""

import logging

import pytest

from holdfast import PaymentStatus
from holdfast.card_vault import CardNotFound, CardVault
from simulator.recording.masking import REMOVED
from tests.support.eventually import eventually
from tests.support.leaks.marks import CRYPTOGRAM, PIN, VISA
from tests.support.leaks.search import Finding, card_data_in
from tests.support.leaks.temporal_store import everything, leaks_of
from tests.support.world import World, card_data

FAULTS = [None, "act_and_drop", "garbage", "unsigned", "code_f"]


@pytest.mark.parametrize("fault", FAULTS)
async def test_server_to_server_payment_leaves_no_card_data_in_history_and_log(
    world: World, caplog: pytest.LogCaptureFixture, fault: str | None
) -> None:
    caplog.set_level(logging.DEBUG)
    reference = world.reference(f"card-data-{fault}")
    if fault:
        world.fault(reference, "pay", fault, code="DO_NOT_HONOR" if fault == "code_f" else "")
    card = card_data(VISA).model_copy(update={"cardPasswordDigest": PIN})
    method = {"paymentMethodType": "CARD", "cardReference": await world.payments.store_card(card)}
    await world.authorize(reference, card=None, paymentMethod=method)
    await eventually(lambda: _is_deleted(world.vault, method["cardReference"]))
    final = await world.payments.cancel(reference, "end of the test")
    assert final.status is PaymentStatus.CANCELLED
    history = await world.in_clear(await world.handle(reference).fetch_history())
    assert b"Two cups" in history
    assert list(card_data_in("history", history)) == []
    assert list(card_data_in("logs", caplog.text.encode())) == []
    for secret in (f'"{PIN}"', "expiryMonth", "expiryYear", '"cvv"'):
        assert secret.encode() not in history
        assert secret not in caplog.text


async def test_cryptogram_of_another_provider_travels_through_the_vault_alone(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reference = world.reference("cryptogram")
    card = card_data(VISA).model_copy(update={"cavv": CRYPTOGRAM})
    mpi = {"eci": "05", "threeDSVersion": "2.2.0", "dsTransactionId": "ds-1"}
    card_reference = await world.payments.store_card(card)
    method = {**_method({"mpiData": mpi}), "cardReference": card_reference}
    payment = await world.authorize(reference, card=None, paymentMethod=method)
    assert payment.status is PaymentStatus.AUTHORIZED
    [body] = world.bodies(reference, "pay")
    assert body["paymentMethod"]["paymentMethodMetaData"]["mpiData"] == {**mpi, "cavv": REMOVED}
    await eventually(lambda: _is_deleted(world.vault, card_reference))
    await world.payments.cancel(reference, "end of the test")
    history = await world.in_clear(await world.handle(reference).fetch_history())
    assert b"ds-1" in history
    assert list(card_data_in("history", history)) == []
    assert list(card_data_in("logs", caplog.text.encode())) == []


async def test_cryptogram_without_the_rest_of_the_authentication_is_not_sent(world: World) -> None:
    reference = world.reference("cryptogram-alone")
    card = card_data(VISA).model_copy(update={"cavv": CRYPTOGRAM})
    method = {**_method({}), "cardReference": await world.payments.store_card(card)}
    order = await world.order(reference, paymentMethod=method)
    payment = await world.answer(reference, world.payments.authorize(order))
    assert payment.status is PaymentStatus.DECLINED
    rule = "paymentMethod.paymentMethodMetaData.mpiData: is required"
    assert str(payment.attempts[0].resultMessage).startswith(rule)
    assert world.calls(reference, "pay") == []
    assert await _is_deleted(world.vault, str(order.paymentMethod.cardReference))


def _method(meta_data: dict[str, object]) -> dict[str, object]:
    return {"paymentMethodType": "CARD", "paymentMethodMetaData": meta_data}


async def test_card_of_a_pay_call_without_a_response_is_deleted_from_the_vault(world: World) -> None:
    reference = world.reference("card-unanswered")
    world.fault(reference, "pay", "act_and_drop", times=-1)
    world.fault(reference, "notification", "none", times=-1)
    order = await world.order(reference, card=VISA)
    await world.payments.authorize(order)
    await eventually(lambda: _is_deleted(world.vault, str(order.paymentMethod.cardReference)))


async def _is_deleted(vault: CardVault, reference: str) -> bool:
    try:
        await vault.get(reference)
    except CardNotFound:
        return True
    return False


async def test_temporal_server_of_all_scenarios_holds_no_card_data(world: World) -> None:
    """Searches the workflows of all scenarios that ran before this one."""
    searched, found = 0, list[Finding]()
    codec = world.client.data_converter.payload_codec
    async for held in everything(world.client):
        searched += 1
        found += await leaks_of(held, codec, is_encrypted=False)
    assert found == []
    assert searched > 0
