"""An invalid order is refused in one line that names field and rule, and no gateway call is made."""

from typing import Any

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from holdfast import InvalidOrder, InvalidRequest, PaymentNotFound, PaymentStatus
from holdfast.antom.models import Env
from holdfast.antom.models.env import TerminalType
from holdfast.temporal.names import AUTHORIZE, CANCEL, CAPTURE, CARD_PAYMENT, RETRY, TASK_QUEUE, workflow_id
from tests.support.world import DECLINED_VISA, World, order_fields

PAN = "4054695723100768"
FULL_WIDTH_PAN = "４０５４６９５７２３１００７６８"
CRYPTOGRAM = "AAIBBYNoEQAAAAAAg4PyBhdAEQs="
CARD = {"paymentMethodType": "CARD"}
EUR_300 = {"currency": "EUR", "value": "30000"}


def _order(**fields: object) -> dict[str, Any]:
    """Returns an order whose inner `order` has these fields."""
    return {
        "order": {
            "referenceOrderId": "R-1",
            "orderDescription": "Two cups",
            "orderAmount": EUR_300,
            **fields,
        }
    }


def _mpi(**fields: str) -> dict[str, Any]:
    """Returns an order with the result of another provider's 3-D Secure authentication."""
    mpi = {"eci": "05", "threeDSVersion": "2.2.0", **fields}
    return {"paymentMethod": {**CARD, "paymentMethodMetaData": {"mpiData": mpi}}}


MPI_DATA = "paymentMethod.paymentMethodMetaData.mpiData"
INVALID: dict[str, tuple[dict[str, Any], str, str]] = {
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
    "not an order": ({"order": 7}, "order", "7"),
    "cryptogram": (_mpi(cavv=CRYPTOGRAM), f"{MPI_DATA}.cavv", CRYPTOGRAM),
    "cryptogram by its other name": (_mpi(caav=CRYPTOGRAM), f"{MPI_DATA}.caav", CRYPTOGRAM),
    "too large": (_order(extendInfo="quince " * 38_000), "262144 bytes", "quince"),
    "script as redirect": ({"paymentRedirectUrl": "javascript:1"}, "paymentRedirectUrl", "javascript:1"),
    "app's redirect from a page": ({"paymentRedirectUrl": "shop://quince"}, "paymentRedirectUrl", "quince"),
    "line break in an id": (
        _order(referenceOrderId="R-1\nquince"),
        "order.referenceOrderId",
        "quince",
    ),
    "NUL in a text": (_order(orderDescription="Two\0quince"), "order.orderDescription", "quince"),
    "card number in an address": (
        _order(shipping={"shippingAddress": {"address2": f"c/o {PAN}"}}),
        "order.shipping.shippingAddress.address2",
        PAN,
    ),
    "card number of goods": (_order(goods=[{"goodsBrand": PAN}]), "order.goods.0.goodsBrand", PAN),
    "card number in a URL": (
        {"paymentRedirectUrl": f"https://shop.example/back?card={PAN}"},
        "paymentRedirectUrl",
        PAN,
    ),
    "full-width card number": (
        _order(shipping={"notes": FULL_WIDTH_PAN}),
        "order.shipping.notes",
        FULL_WIDTH_PAN,
    ),
    "security code in a note": (_order(shipping={"notes": "cvv=123"}), "order.shipping.notes", "123"),
}


def _invalid_order(world: World, fields: dict[str, Any]) -> dict[str, Any]:
    return {**order_fields(world.reference("bad")), "paymentMethod": CARD, **fields}


@pytest.mark.parametrize("name", INVALID)
async def test_invalid_order_is_refused_by_the_client_before_a_workflow_starts(
    world: World, name: str
) -> None:
    fields, field, value = INVALID[name]
    order = _invalid_order(world, fields)
    with pytest.raises(InvalidOrder) as refused:
        await world.payments.authorize(order)
    _assert_one_line(str(refused.value), field, value)
    with pytest.raises(PaymentNotFound):
        await world.payments.get(str(order["paymentReference"]))


@pytest.mark.parametrize("name", INVALID)
async def test_invalid_order_of_another_client_fails_the_workflow(world: World, name: str) -> None:
    fields, field, value = INVALID[name]
    order = _invalid_order(world, fields)
    reference = str(order["paymentReference"])
    with pytest.raises(WorkflowFailureError) as failed:
        await world.client.execute_workflow(
            CARD_PAYMENT, order, id=workflow_id(reference), task_queue=TASK_QUEUE
        )
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "InvalidOrder"
    _assert_one_line(failed.value.cause.message, field, value)
    assert world.calls(reference, "pay") == []


async def test_update_with_start_of_an_invalid_order_is_refused_by_the_validator(world: World) -> None:
    order = _invalid_order(world, {"captureModus": "MANUEL"})
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
async def test_argument_that_is_not_an_order_fails_the_workflow(world: World, argument: object) -> None:
    with pytest.raises(WorkflowFailureError) as failed:
        await world.client.execute_workflow(
            CARD_PAYMENT, argument, id=workflow_id(world.reference("no-order")), task_queue=TASK_QUEUE
        )
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "InvalidOrder"


async def test_invalid_request_to_a_running_payment_changes_nothing(world: World) -> None:
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


async def test_retry_with_card_data_is_refused_without_repeating_it(world: World) -> None:
    reference = world.reference("bad-retry")
    await world.authorize(reference, card=DECLINED_VISA)
    with pytest.raises(InvalidRequest) as refused:
        await world.payments.retry(reference, {**CARD, "cardNo": PAN})
    _assert_one_line(str(refused.value), "paymentMethod.cardNo", PAN)
    await world.payments.cancel(reference, "end of the test")


async def test_card_number_in_a_request_of_another_client_is_refused(world: World) -> None:
    reference = world.reference("number-in-a-request")
    await world.authorize(reference, card=DECLINED_VISA)
    requests: list[tuple[str, dict[str, Any]]] = [
        (CANCEL, {"reason": f"the buyer read out {PAN}"}),
        (RETRY, {"paymentMethod": {**CARD, "paymentMethodId": PAN}}),
        (RETRY, {"paymentMethod": CARD, "env": {"terminalType": "WEB", "userAgent": f"Browser/1 {PAN}"}}),
    ]
    for update, request in requests:
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await world.handle(reference).execute_update(update, request)
        assert isinstance(refused.value.cause, ApplicationError)
        assert refused.value.cause.type == "InvalidRequest"
        assert PAN not in refused.value.cause.message
    assert (await world.payments.get(reference)).status is PaymentStatus.DECLINED
    assert len(world.calls(reference, "pay")) == 1
    await world.payments.cancel(reference, "end of the test")


async def test_retry_from_a_page_is_refused_where_the_redirect_is_the_apps_own(world: World) -> None:
    reference = world.reference("retry-redirect")
    app = {"terminalType": "APP", "osType": "IOS"}
    await world.authorize(reference, card=DECLINED_VISA, env=app, paymentRedirectUrl="shop://back")
    with pytest.raises(InvalidRequest, match=r"^env.terminalType: "):
        await world.payments.retry(reference, {**CARD}, Env(terminalType=TerminalType.WEB))
    assert (await world.payments.get(reference)).status is PaymentStatus.DECLINED
    await world.payments.cancel(reference, "end of the test")


async def test_deleted_card_reference_declines_without_a_pay_call(world: World) -> None:
    reference = world.reference("card-deleted-before-pay")
    order = await world.order(reference, card=PAN)
    await world.vault.delete(order.paymentMethod.cardReference or "")
    with world.env.with_time_skipping_disabled():
        payment = await world.answer(reference, world.payments.authorize(order))
    assert payment.status is PaymentStatus.DECLINED
    assert payment.attempts[0].resultCode == "CARD_REFERENCE_NOT_FOUND"
    assert world.calls(reference, "pay") == []
    await world.payments.cancel(reference, "end of the test")


async def test_unknown_merchant_account_is_an_invalid_order(world: World) -> None:
    with pytest.raises(InvalidOrder, match="merchantAccount"):
        await world.authorize(world.reference("no-account"), card=None, merchantAccount="unknown")


def _assert_one_line(message: str, field: str, value: str) -> None:
    assert field in message
    assert "\n" not in message
    assert value not in message


async def test_retry_with_a_used_card_reference_is_refused_without_an_attempt(world: World) -> None:
    reference = world.reference("retry-used-card")
    order = await world.order(reference, card=DECLINED_VISA)
    with world.env.with_time_skipping_disabled():
        await world.payments.authorize(order)
    with pytest.raises(InvalidRequest, match=r"^paymentMethod.cardReference: an earlier attempt has used it"):
        await world.payments.retry(reference, order.paymentMethod)
    assert len((await world.payments.get(reference)).attempts) == 1
    await world.payments.cancel(reference, "end of the test")
