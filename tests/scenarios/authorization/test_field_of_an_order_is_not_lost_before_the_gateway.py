"""What the gateway receives equals the order, field by field: a lost field is a declined or disputed payment.

The order has every field of its model, also one that is added later. A field is sent, or it is in the list of
those that are for Holdfast alone.
"""

from typing import Any

import pytest

from holdfast import PaymentStatus
from holdfast.antom.amounts import Amount
from holdfast.antom.models import Env
from holdfast.order import PaymentMethod
from simulator.recording.masking import REMOVED, mask_card_number
from tests.support.complete_order import complete, complete_order, complete_payment_method, leaves
from tests.support.leaks.marks import CRYPTOGRAM, PIN
from tests.support.world import DECLINED_VISA, VISA, World, card_data

Json = dict[str, Any]

NOT_SENT = {"completeWithin", "onAuthorizationExpiry", "attemptLimit", "retryWindow"}
"""The fields of an order that are for Holdfast alone."""
EUR_300 = {"currency": "EUR", "value": "30000"}
CARD = {
    "cardNo": mask_card_number(VISA),
    **dict.fromkeys(("cvv", "expiryMonth", "expiryYear", "cardPasswordDigest"), REMOVED),
}


def expected_body(order: Json, attempt: int = 1) -> Json:
    """Returns the body of the pay call of an order."""
    reference, account, mode = (
        order[name] for name in ("paymentReference", "merchantAccount", "captureMode")
    )
    own = {"paymentReference", "merchantAccount", "captureMode"}
    factor = {"isAuthorization": True, **({"captureMode": "MANUAL"} if mode == "MANUAL" else {})}
    return {
        "productCode": "CASHIER_PAYMENT",
        "paymentRequestId": f"{reference}-{attempt}",
        "paymentNotifyUrl": f"/{account}/{reference}",
        "paymentFactor": factor,
        **{name: value for name, value in order.items() if name not in NOT_SENT | own},
    }


def with_vault_card(method: Json) -> Json:
    """Returns the payment method as the gateway receives it with a card and its cryptogram from the vault."""
    meta: Json = method["paymentMethodMetaData"]
    mpi = {**meta["mpiData"], "cavv": REMOVED}
    sent = {"paymentMethodMetaData": {**meta, **CARD, "mpiData": mpi}}
    return {**without_card(method), **sent}


def without_card(method: Json) -> Json:
    return {name: value for name, value in method.items() if name not in ("cardReference", "paymentMethodId")}


def assert_received(body: Json, expected: Json) -> None:
    """Compares the leaves, so that a failure names each field that differs."""
    base = body["paymentNotifyUrl"].removesuffix(expected["paymentNotifyUrl"])
    assert base.startswith("http")
    shown = {**body, "paymentNotifyUrl": body["paymentNotifyUrl"].removeprefix(base)}
    received, sent = dict(leaves(shown)), dict(leaves(expected))
    assert {path: received.get(path) for path in sent} == sent
    assert set(received) == set(sent)


async def card_reference(world: World, number: str = VISA) -> str:
    card = card_data(number).model_copy(update={"cardPasswordDigest": PIN, "cavv": CRYPTOGRAM})
    return await world.payments.store_card(card)


async def authorized(world: World, order: Json) -> PaymentStatus:
    with world.env.with_time_skipping_disabled():
        return (await world.payments.authorize(order)).status


@pytest.mark.parametrize("mode", ["MANUAL", "AUTOMATIC"])
async def test_every_field_of_an_order_with_a_stored_card_is_sent(world: World, mode: str) -> None:
    order = complete_order(paymentReference=world.reference("every-field"), captureMode=mode)
    assert await authorized(world, order) is PaymentStatus.AUTHORIZED
    [body] = world.bodies(order["paymentReference"], "pay")
    assert_received(body, expected_body(order))
    await _end(world, order)


@pytest.mark.parametrize("mode", ["MANUAL", "AUTOMATIC"])
async def test_every_field_of_an_order_with_a_card_from_the_vault_is_sent(world: World, mode: str) -> None:
    method = {**without_card(complete_payment_method()), "cardReference": await card_reference(world)}
    reference = world.reference("every-card-field")
    order = complete_order(paymentReference=reference, captureMode=mode, paymentMethod=method)
    assert await authorized(world, order) is PaymentStatus.AUTHORIZED
    [body] = world.bodies(reference, "pay")
    assert_received(body, expected_body({**order, "paymentMethod": with_vault_card(method)}))
    await _end(world, order)


async def test_retry_sends_its_own_payment_method_and_the_rest_of_the_order(world: World) -> None:
    declined = {
        **without_card(complete_payment_method()),
        "cardReference": await card_reference(world, DECLINED_VISA),
    }
    reference = world.reference("every-field-again")
    order = complete_order(paymentReference=reference, captureMode="MANUAL", paymentMethod=declined)
    assert await authorized(world, order) is PaymentStatus.DECLINED
    method, env = complete(PaymentMethod), complete(Env)
    with world.env.with_time_skipping_disabled():
        await world.payments.retry(reference, method, Env.model_validate(env))
    [_, body] = world.bodies(reference, "pay")
    assert_received(body, expected_body({**order, "paymentMethod": method, "env": env}, attempt=2))
    await world.payments.cancel(reference, "end of the test")


async def test_capture_and_cancel_send_the_ids_and_the_amount_of_the_request(world: World) -> None:
    captured, cancelled = world.reference("capture-body"), world.reference("cancel-body")
    payment = await world.authorize(captured)
    payment_id = payment.attempts[0].paymentId
    await world.payments.capture(captured, Amount.model_validate(EUR_300))
    [body] = world.bodies(captured, "capture")
    assert body == {"captureRequestId": f"{captured}-c1", "paymentId": payment_id, "captureAmount": EUR_300}
    await world.authorize(cancelled)
    await world.payments.cancel(cancelled, "end of the test")
    assert world.bodies(cancelled, "cancel") == [{"paymentRequestId": f"{cancelled}-1"}]


async def test_partial_capture_sends_its_amount_and_whether_it_is_the_last(world: World) -> None:
    reference = world.reference("part-body")
    payment_id = (await world.authorize(reference)).attempts[0].paymentId
    part, rest = ({"currency": "EUR", "value": value} for value in ("10000", "20000"))
    await world.payments.capture(reference, Amount.model_validate(part), is_last_capture=False, key="1")
    await world.payments.capture(reference, Amount.model_validate(rest))
    first, second = world.bodies(reference, "capture")
    assert first == {
        "captureRequestId": f"{reference}-c1",
        "paymentId": payment_id,
        "captureAmount": part,
        "isLastCapture": False,
    }
    assert second == {
        "captureRequestId": f"{reference}-c2",
        "paymentId": payment_id,
        "captureAmount": rest,
        "isLastCapture": True,
    }


async def _end(world: World, order: Json) -> None:
    reference = str(order["paymentReference"])
    if order["captureMode"] == "MANUAL":
        await world.payments.cancel(reference, "end of the test")
    else:
        await world.becomes(reference, PaymentStatus.CAPTURED)
