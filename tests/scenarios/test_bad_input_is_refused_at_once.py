"""An order that breaks a rule: one line that names field and rule, and nothing is sent to anybody."""

from typing import Any

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from holdfast import InvalidOrder, InvalidRequest, PaymentNotFound, PaymentStatus
from holdfast.temporal.names import AUTHORIZE, CAPTURE, CARD_PAYMENT, TASK_QUEUE, workflow_id
from tests.support.world import DECLINED_VISA, World, order_fields

PAN = "4054695723100768"
CARD = {"paymentMethodType": "CARD"}
BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "card number": (
        {"paymentMethod": {**CARD, "paymentMethodMetaData": {"cardNo": PAN}}},
        "paymentMethod.paymentMethodMetaData.cardNo",
        PAN,
    ),
    "decimal": ({"paymentAmount": {"currency": "EUR", "value": "12.5"}}, "paymentAmount.value", "12.5"),
    "rupiah": ({"paymentAmount": {"currency": "IDR", "value": "12345"}}, "paymentAmount", "12345"),
    "manual issuer authentication": (
        {"paymentMethod": {**CARD, "paymentMethodMetaData": {"requireIssuerAuthentication": True}}},
        "captureMode",
        "True",
    ),
    "unknown field": ({"captureModus": "MANUEL"}, "captureModus", "MANUEL"),
    "no order at all": ({"order": 7}, "order", "7"),
}


def _bad_order(world: World, fields: dict[str, Any]) -> dict[str, Any]:
    return {**order_fields(world.reference("bad")), "paymentMethod": CARD, **fields}


@pytest.mark.parametrize("name", BAD)
async def test_the_client_refuses_before_anything_leaves_the_process(world: World, name: str) -> None:
    fields, field, value = BAD[name]
    order = _bad_order(world, fields)
    with pytest.raises(InvalidOrder) as refused:
        await world.payments.authorize(order)
    _is_one_clear_line(str(refused.value), field, value)
    with pytest.raises(PaymentNotFound):
        await world.payments.get(str(order["paymentReference"]))


@pytest.mark.parametrize("name", BAD)
async def test_the_workflow_refuses_what_another_client_starts(world: World, name: str) -> None:
    fields, field, value = BAD[name]
    order = _bad_order(world, fields)
    reference = str(order["paymentReference"])
    with pytest.raises(WorkflowFailureError) as failed:
        await world.client.execute_workflow(
            CARD_PAYMENT, order, id=workflow_id(reference), task_queue=TASK_QUEUE
        )
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "InvalidOrder"
    _is_one_clear_line(failed.value.cause.message, field, value)
    assert world.calls(reference, "pay") == []


async def test_update_with_start_of_a_bad_order_is_refused_by_the_validator(world: World) -> None:
    order = _bad_order(world, {"captureModus": "MANUEL"})
    start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        CARD_PAYMENT,
        order,
        id=workflow_id(str(order["paymentReference"])),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await world.client.execute_update_with_start_workflow(AUTHORIZE, start_workflow_operation=start)
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "InvalidOrder"


@pytest.mark.parametrize("argument", [7, "order", None, [], [{"paymentReference": "x"}]])
async def test_an_argument_that_is_no_order_fails_the_workflow_too(world: World, argument: object) -> None:
    with pytest.raises(WorkflowFailureError) as failed:
        await world.client.execute_workflow(
            CARD_PAYMENT, argument, id=workflow_id(world.reference("no-order")), task_queue=TASK_QUEUE
        )
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "InvalidOrder"


async def test_a_bad_request_to_a_running_payment_leaves_it_alone(world: World) -> None:
    reference = world.reference("bad-request")
    await world.authorize(reference)
    for argument in ({"captureAmount": {"currency": "EUR", "value": "1.50"}}, {"amount": 1}, "all of it"):
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await world.handle(reference).execute_update(CAPTURE, argument)
        assert isinstance(refused.value.cause, ApplicationError)
        assert refused.value.cause.type == "InvalidRequest"
    with pytest.raises(InvalidRequest, match="reason"):
        await world.payments.cancel(reference, "")
    assert (await world.payments.get(reference)).status is PaymentStatus.AUTHORIZED
    assert world.calls(reference, "capture") == []
    await world.payments.cancel(reference, "end of the test")


async def test_a_retry_with_card_data_is_refused_and_does_not_repeat_it(world: World) -> None:
    reference = world.reference("bad-retry")
    await world.authorize(reference, card=DECLINED_VISA)
    with pytest.raises(InvalidRequest) as refused:
        await world.payments.retry(reference, {**CARD, "cardNo": PAN})
    _is_one_clear_line(str(refused.value), "paymentMethod.cardNo", PAN)
    await world.payments.cancel(reference, "end of the test")


async def test_a_card_reference_that_is_gone_declines_without_a_pay_call(world: World) -> None:
    reference = world.reference("card-gone")
    order = await world.order(reference, card=PAN)
    await world.vault.delete(order.paymentMethod.cardReference or "")
    with world.env.with_time_skipping_disabled():
        payment = await world.answer(reference, world.payments.authorize(order))
    assert payment.status is PaymentStatus.DECLINED
    assert payment.attempts[0].resultCode == "CARD_REFERENCE_NOT_FOUND"
    assert world.calls(reference, "pay") == []
    await world.payments.cancel(reference, "end of the test")


async def test_an_account_the_worker_does_not_have_fails_as_an_invalid_order(world: World) -> None:
    with pytest.raises(InvalidOrder, match="merchantAccount"):
        await world.authorize(world.reference("no-account"), card=None, merchantAccount="nobody")


def _is_one_clear_line(message: str, field: str, value: str) -> None:
    assert field in message
    assert "\n" not in message
    assert value not in message


async def test_a_card_that_an_earlier_attempt_has_used_costs_no_attempt(world: World) -> None:
    reference = world.reference("retry-used-card")
    order = await world.order(reference, card=DECLINED_VISA)
    with world.env.with_time_skipping_disabled():
        await world.payments.authorize(order)
    with pytest.raises(InvalidRequest, match=r"^paymentMethod.cardReference: an earlier attempt has used it"):
        await world.payments.retry(reference, order.paymentMethod)
    assert len((await world.payments.get(reference)).attempts) == 1
    await world.payments.cancel(reference, "end of the test")
