"""PCI DSS 3.3.1: no card number, CVV, expiry or PIN digits in any history, and none left in the vault."""

import logging

import pytest
from temporalio.client import WorkflowExecution, WorkflowExecutionStatus, WorkflowHistory

from card_vault import CardData, CardNotFound, CardVault
from payments import PaymentStatus
from tests.scenarios.world import World, eventually_true, in_clear

PAN, CVV, PIN = "4054695723100768", "731", "86"
FAULTS = [None, "act_and_drop", "garbage", "unsigned", "code_f"]


@pytest.mark.parametrize("fault", FAULTS)
async def test_histories_and_logs_hold_no_card_data(
    world: World, caplog: pytest.LogCaptureFixture, fault: str | None
) -> None:
    caplog.set_level(logging.DEBUG)
    reference = world.reference(f"card-data-{fault}")
    if fault:
        world.fault(reference, "pay", fault, code="DO_NOT_HONOR" if fault == "code_f" else "")
    card = CardData(cardNo=PAN, cvv=CVV, expiryMonth="11", expiryYear="38", cardPasswordDigest=PIN)
    method = {"paymentMethodType": "CARD", "cardReference": await world.payments.store_card(card)}
    await world.authorize(reference, card=None, paymentMethod=method)
    await eventually_true(lambda: _is_gone(world.vault, method["cardReference"]))
    final = await world.payments.cancel(reference, "end of the test")
    assert final.status is PaymentStatus.CANCELLED
    history = in_clear(await world.handle(reference).fetch_history())
    assert b"Two cups" in history
    for secret in (PAN, f'"{CVV}"', f'"{PIN}"', "expiryMonth", "expiryYear", '"cvv"'):
        assert secret.encode() not in history
        assert secret not in caplog.text


async def test_a_card_whose_pay_call_was_never_answered_leaves_the_vault_as_well(world: World) -> None:
    reference = world.reference("card-unanswered")
    world.fault(reference, "pay", "act_and_drop", times=-1)
    world.fault(reference, "notification", "none", times=-1)
    order = await world.order(reference, card=PAN)
    await world.payments.authorize(order)
    await eventually_true(lambda: _is_gone(world.vault, str(order.paymentMethod.cardReference)))


async def _is_gone(vault: CardVault, reference: str) -> bool:
    try:
        await vault.open(reference)
    except CardNotFound:
        return True
    return False


async def test_no_history_on_this_server_holds_a_card_number(world: World) -> None:
    """Every scenario that ran before this one is looked at, whatever it was about."""
    seen = 0
    async for execution in world.client.list_workflows():
        history = await world.client.get_workflow_handle(
            execution.id, run_id=execution.run_id
        ).fetch_history()
        seen += b"Two cups" in in_clear(history)
        for pan in (PAN, "4054692760174822"):
            assert pan.encode() not in in_clear(_own(execution, history)), execution.id
    assert seen > 0


def _own(execution: WorkflowExecution, history: WorkflowHistory) -> WorkflowHistory:
    """Without what another client has sent in an order that was refused: nothing may repeat it."""
    is_refused = execution.status is WorkflowExecutionStatus.FAILED
    return WorkflowHistory(execution.id, history.events[1:]) if is_refused else history
