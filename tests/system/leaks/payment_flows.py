"""Payments of a marked person that between them go through every step, and everything strangers may try."""

import contextlib
import json
import time
from collections.abc import Awaitable, Callable

import httpx
from google.protobuf.json_format import MessageToDict
from temporalio.client import Client

from holdfast import (
    Outcome,
    PaymentClient,
    PaymentStatus,
    ReconciliationClient,
    ReconciliationReport,
    Resolution,
)
from holdfast.antom.amounts import Amount
from holdfast.antom.signing import sign
from holdfast.card_vault import CardData
from holdfast.temporal.connection import data_converter
from holdfast.temporal.names import CARD_PAYMENT, TASK_QUEUE, workflow_id
from tests.support.crashes.machine import Json
from tests.support.crashes.payment_flows import patiently
from tests.support.eventually import eventually
from tests.support.leaks import marks
from tests.support.leaks.values import FIELDS
from tests.system.leaks.stack import TOKEN, LocalStack

NOTIFY_PATH = "/antom/notifications"
WRONG_KEY = "k1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
CARD_FIELDS = {"cardNo": marks.VISA, **FIELDS}

Life = Callable[[LocalStack], Awaitable[None]]


async def captured_in_parts(house: LocalStack) -> None:
    """A card sent by the merchant; two captures."""
    payments, reference = house.machine.payments, house.machine.reference("parts")
    await payments.authorize(await house.order(reference))
    part = Amount(currency="EUR", value="10000")
    await payments.capture(reference, part, is_last_capture=False, key="first")
    await payments.capture(reference, Amount(currency="EUR", value="20000"))


async def paid_with_a_second_card(house: LocalStack) -> None:
    """The first card is declined."""
    payments, reference = house.machine.payments, house.machine.reference("second-card")
    order = await house.order(reference, marks.DECLINED_VISA)
    assert (await payments.authorize(order)).status is PaymentStatus.DECLINED
    another: Json = (await house.order(reference))["paymentMethod"]
    assert (await payments.retry(reference, another)).status is PaymentStatus.AUTHORIZED
    await payments.cancel(reference, f"{marks.FIRST_NAME} called")


async def challenged(house: LocalStack) -> None:
    """3-D Secure, and the gateway captures by itself."""
    payments, reference = house.machine.payments, house.machine.reference("challenged")
    order = await house.order(reference, is3DSAuthentication=True)
    waiting = await payments.authorize({**order, "captureMode": "AUTOMATIC"})
    assert waiting.status is PaymentStatus.ACTION_REQUIRED
    await house.machine.gateway.buyer(reference, "pay")
    await house.machine.becomes(reference, PaymentStatus.CAPTURED)


async def paid_on_the_gateways_page(house: LocalStack) -> None:
    """The merchant sees no card; what the gateway tells about it is more than it should."""
    payments, reference = house.machine.payments, house.machine.reference("page")
    await payments.authorize(await house.order(reference, None))
    await house.machine.gateway.buyer(reference, "pay")
    await house.machine.becomes(reference, PaymentStatus.AUTHORIZED)
    assert await told(house, reference, indiscreet(reference)) == 200
    await payments.refresh(reference)
    await payments.capture(reference)
    await house.machine.result(reference)
    assert await told(house, reference, indiscreet(reference)) == 200
    assert await told(house, reference, json.dumps({"notifyType": "X", **CARD_FIELDS}).encode()) == 400


async def answered_indiscreetly(house: LocalStack) -> None:
    """The gateway repeats the card, in fields of its answers that nobody knows."""
    payments, reference = house.machine.payments, house.machine.reference("indiscreet")
    for call in ("pay", "inquiryPayment"):
        await house.machine.gateway.fault(reference, call, "indiscreet")
    await payments.authorize(await house.order(reference, is3DSAuthentication=True))
    await payments.refresh(reference)
    await house.machine.gateway.buyer(reference, "pay")
    await house.machine.becomes(reference, PaymentStatus.AUTHORIZED)
    await payments.cancel(reference, "end of the test")


async def answered_badly(house: LocalStack) -> None:
    """The gateway's answers are lost, unsigned, unreadable."""
    payments = house.machine.payments
    for fault in ("act_and_drop", "http_500", "unsigned", "garbage"):
        reference = house.machine.reference(fault)
        await house.machine.gateway.fault(reference, "pay", fault)
        await payments.authorize(await house.order(reference))
        await payments.cancel(reference, "end of the test")


async def decided_by_an_operator(house: LocalStack) -> None:
    """Nobody could find out, and somebody said."""
    payments, reference = house.machine.payments, house.machine.reference("review")
    await payments.authorize(await house.order(reference, None))
    await house.machine.gateway.fault(reference, "notification", "none")
    await house.machine.gateway.fault(reference, "inquiryPayment", "wrong_amount")
    await house.machine.gateway.buyer(reference, "pay")
    await payments.refresh(reference)
    seen = Resolution(
        outcome=Outcome.SUCCEEDED,
        resolvedBy="ops-7",
        reason=f"{marks.FIRST_NAME} {marks.LAST_NAME} called from {marks.PHONE}",
        evidence=marks.EMAIL,
    )
    assert (await payments.resolve(reference, seen)).status is PaymentStatus.AUTHORIZED
    await payments.cancel(reference, "end of the test")


async def refused(house: LocalStack) -> None:
    """Card data where it must not be, sent by our own client and by another one, and by nobody we know."""
    machine, reference = house.machine, house.machine.reference("refused")
    order = await house.order(reference, None)
    method = {"paymentMethodType": "CARD", "paymentMethodMetaData": CARD_FIELDS}
    await house.refused(machine.payments.authorize({**order, "paymentMethod": method}))
    await house.refused(machine.payments.authorize({**order, marks.VISA: marks.CVV}))
    handle = await machine.client.start_workflow(
        CARD_PAYMENT,
        {**order, "paymentMethod": method},
        id=workflow_id(reference),
        task_queue=TASK_QUEUE,
    )
    await house.refused(handle.result())
    await house.refused(_stored({**CARD_FIELDS, "cvv": marks.VISA}))
    await house.refused(_stored({**CARD_FIELDS, "expiryYear": int(marks.YEAR)}))
    address = machine.client.service_client.config.target_host
    stranger = await Client.connect(address, data_converter=data_converter(WRONG_KEY))
    await house.refused(PaymentClient(stranger).get(reference))


async def _stored(fields: Json) -> CardData:
    return CardData.model_validate(fields)


async def reconciled(house: LocalStack) -> None:
    """The gateway's record differs."""
    payments, reference = house.machine.payments, house.machine.reference("differs")
    await payments.authorize(await house.order(reference))
    await payments.cancel(reference, "out of stock")
    await house.machine.result(reference)
    await house.machine.gateway.operate_dashboard(f"{reference}-1", "hold")
    reconciliations = ReconciliationClient(house.machine.client)
    run = await reconciliations.start({"references": [reference], "inquiriesPerSecond": 50})
    report: ReconciliationReport = await reconciliations.result(run)
    assert report.different == 1


async def strangers(house: LocalStack) -> None:
    """Whoever finds the webhook or the codec server, and an operator."""
    machine, card = house.machine, json.dumps(CARD_FIELDS).encode()
    about = f"{marks.VISA}?email={marks.EMAIL}"
    for path in (f"{NOTIFY_PATH}/default/{about}", f"{NOTIFY_PATH}/{about}", f"/{about}"):
        headers = {"client-id": marks.VISA, "request-time": marks.BORN, "signature": marks.EMAIL}
        answer = await house.http.post(f"{house.webhook_url}{path}", content=card, headers=headers)
        assert answer.status_code in (401, 404)
    reference = machine.reference("shown")
    await machine.payments.authorize(await house.order(reference, None))
    history = await machine.handle(reference).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes.input
    shown = await _decoded(house, json.dumps(MessageToDict(started)).encode())
    assert shown.status_code == 200
    assert (await _decoded(house, card + b"}")).status_code == 400
    assert (await _decoded(house, card, token=marks.VISA)).status_code == 401
    await machine.payments.cancel(reference, "end of the test")


async def _decoded(house: LocalStack, body: bytes, token: str = TOKEN) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "X-Namespace": marks.EMAIL}
    return await house.http.post(f"{house.codec_url}/decode", content=body, headers=headers)


async def killed(house: LocalStack) -> None:
    """The worker dies with the card in its memory, and the one after it makes the call again."""
    machine, reference = house.machine, house.machine.reference("killed")
    await machine.gateway.fault(reference, "pay", "act_and_delay", seconds=4)
    order = await house.order(reference)
    handle = await machine.client.start_workflow(
        CARD_PAYMENT, order, id=workflow_id(reference), task_queue=TASK_QUEUE
    )
    await machine.gateway.was_called(reference, "pay")
    await machine.worker.restart()
    await patiently(lambda: machine.payments.cancel(reference, "end of the test"))
    assert (await handle.result())["status"] == PaymentStatus.CANCELLED


def indiscreet(reference: str) -> bytes:
    """A notification in which a gateway repeats the card, the cardholder, and itself."""
    card = {**CARD_FIELDS, "cardholderName": marks.LAST_NAME, "lastFour": marks.VISA[-4:]}
    content: Json = {
        "notifyType": "PAYMENT_RESULT",
        "result": {
            "resultCode": "SUCCESS",
            "resultStatus": "S",
            "resultMessage": f"card {marks.VISA} of {marks.EMAIL}",
        },
        "paymentRequestId": f"{reference}-1",
        "paymentId": "202611230000000001",
        "paymentAmount": {"currency": "EUR", "value": "30000"},
        "paymentResultInfo": {**card, "refusalReasonRaw": marks.VISA, "threeDSResult": card},
        "cardInfo": card,
        **CARD_FIELDS,
    }
    return json.dumps(content).encode()


async def told(house: LocalStack, reference: str, body: bytes) -> int:
    """Send the webhook what only the gateway can sign; the answer's status."""
    path, now = f"{NOTIFY_PATH}/default/{reference}", str(int(time.time() * 1000))
    signature = sign(
        method="POST",
        path=path,
        client_id=house.keys.client_id,
        time=now,
        body=body,
        private_key=house.keys.gateway_private_key,
    )
    headers = {"client-id": house.keys.client_id, "request-time": now, "signature": signature}
    return (await house.http.post(house.webhook_url + path, content=body, headers=headers)).status_code


async def outcomes_are_known(house: LocalStack) -> None:
    """Every pay call has its outcome, and time enough has passed for its card to be gone."""
    with contextlib.suppress(TimeoutError):  # what is there still, the scan finds
        await eventually(lambda: not house.store.references())


WITH_A_CARD: tuple[Life, ...] = (captured_in_parts, paid_with_a_second_card, challenged, answered_badly)
EVERYTHING: tuple[Life, ...] = (
    *WITH_A_CARD,
    answered_indiscreetly,
    paid_on_the_gateways_page,
    decided_by_an_operator,
    refused,
    reconciled,
    strangers,
)
