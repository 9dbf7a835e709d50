"""The payments of a marked person: together they cover every step, and unauthenticated requests."""

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
from tests.support.crashes.payment_flows import with_retries
from tests.support.crashes.system import Json
from tests.support.eventually import eventually
from tests.support.leaks import marks
from tests.support.leaks.values import FIELDS
from tests.system.leaks.scanned_system import ScannedSystem
from tools.local_stack.stack import NOTIFY_PATH

WRONG_KEY = "k1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
CARD_FIELDS = {"cardNo": marks.VISA, **FIELDS, "cavv": marks.CRYPTOGRAM}

Flow = Callable[[ScannedSystem], Awaitable[None]]


async def captured_in_parts(scanned: ScannedSystem) -> None:
    """The merchant sends a card and captures twice."""
    payments, reference = scanned.system.payments, scanned.system.reference("parts")
    await payments.authorize(await scanned.order(reference))
    part = Amount(currency="EUR", value="10000")
    await payments.capture(reference, part, is_last_capture=False, key="first")
    await payments.capture(reference, Amount(currency="EUR", value="20000"))


async def paid_with_second_card(scanned: ScannedSystem) -> None:
    """The first card is declined."""
    payments, reference = scanned.system.payments, scanned.system.reference("second-card")
    order = await scanned.order(reference, marks.DECLINED_VISA)
    assert (await payments.authorize(order)).status is PaymentStatus.DECLINED
    another: Json = (await scanned.order(reference))["paymentMethod"]
    assert (await payments.retry(reference, another)).status is PaymentStatus.AUTHORIZED
    await payments.cancel(reference, f"{marks.FIRST_NAME} called")


async def paid_with_challenge(scanned: ScannedSystem) -> None:
    """The buyer passes a 3DS challenge, and the gateway captures automatically."""
    payments, reference = scanned.system.payments, scanned.system.reference("challenged")
    order = await scanned.order(reference, is3DSAuthentication=True)
    waiting = await payments.authorize({**order, "captureMode": "AUTOMATIC"})
    assert waiting.status is PaymentStatus.ACTION_REQUIRED
    await scanned.system.gateway.act_as_buyer(f"{reference}-1", "pay")
    await scanned.system.becomes(reference, PaymentStatus.CAPTURED)


async def authenticated_by_another_provider(scanned: ScannedSystem) -> None:
    """The merchant sends a card with the cryptogram of another provider's 3-D Secure authentication."""
    payments, reference = scanned.system.payments, scanned.system.reference("cryptogram")
    mpi = {"eci": "05", "threeDSVersion": "2.2.0"}
    order = await scanned.order(reference, cryptogram=marks.CRYPTOGRAM, mpiData=mpi)
    assert (await payments.authorize(order)).status is PaymentStatus.AUTHORIZED
    await payments.cancel(reference, "end of the test")


async def paid_on_hosted_page(scanned: ScannedSystem) -> None:
    """The gateway has the card, and its notifications contain more of it than they should."""
    payments, reference = scanned.system.payments, scanned.system.reference("page")
    await payments.authorize(await scanned.order(reference, None))
    await scanned.system.gateway.act_as_buyer(f"{reference}-1", "pay")
    await scanned.system.becomes(reference, PaymentStatus.AUTHORIZED)
    assert await notify(scanned, reference, card_data_leak(reference)) == 200
    await payments.refresh(reference)
    await payments.capture(reference)
    await scanned.system.result(reference)
    assert await notify(scanned, reference, card_data_leak(reference)) == 200
    assert await notify(scanned, reference, json.dumps({"notifyType": "X", **CARD_FIELDS}).encode()) == 200


async def responses_leak_card_data(scanned: ScannedSystem) -> None:
    """The gateway repeats the card in undocumented fields of its responses."""
    payments, reference = scanned.system.payments, scanned.system.reference("card-data-leak")
    for call in ("pay", "inquiryPayment"):
        await scanned.system.gateway.inject_fault(reference, call, "indiscreet")
    await payments.authorize(await scanned.order(reference, is3DSAuthentication=True))
    await payments.refresh(reference)
    await scanned.system.gateway.act_as_buyer(f"{reference}-1", "pay")
    await scanned.system.becomes(reference, PaymentStatus.AUTHORIZED)
    await payments.cancel(reference, "end of the test")


async def responses_lost_or_invalid(scanned: ScannedSystem) -> None:
    """The gateway's responses are lost, unsigned or unreadable."""
    payments = scanned.system.payments
    for fault in ("act_and_drop", "http_500", "unsigned", "garbage"):
        reference = scanned.system.reference(fault)
        await scanned.system.gateway.inject_fault(reference, "pay", fault)
        await payments.authorize(await scanned.order(reference))
        await payments.cancel(reference, "end of the test")


async def resolved_by_operator(scanned: ScannedSystem) -> None:
    """An operator resolves a payment whose result is unknown."""
    payments, reference = scanned.system.payments, scanned.system.reference("review")
    await payments.authorize(await scanned.order(reference, None))
    await scanned.system.gateway.inject_fault(reference, "notification", "none")
    await scanned.system.gateway.inject_fault(reference, "inquiryPayment", "wrong_amount")
    await scanned.system.gateway.act_as_buyer(f"{reference}-1", "pay")
    await payments.refresh(reference)
    resolution = Resolution(
        outcome=Outcome.SUCCEEDED,
        resolvedBy="ops-7",
        reason=f"{marks.FIRST_NAME} {marks.LAST_NAME} called from {marks.PHONE}",
        evidence=marks.EMAIL,
        force=True,
    )
    assert (await payments.resolve(reference, resolution)).status is PaymentStatus.AUTHORIZED
    await payments.cancel(reference, "end of the test")


async def card_data_refused(scanned: ScannedSystem) -> None:
    """Card data in wrong places, from our own client and another one, and a client with another codec key."""
    system, reference = scanned.system, scanned.system.reference("refused")
    order = await scanned.order(reference, None)
    method = {"paymentMethodType": "CARD", "paymentMethodMetaData": CARD_FIELDS}
    await scanned.assert_refused(system.payments.authorize({**order, "paymentMethod": method}))
    await scanned.assert_refused(system.payments.authorize({**order, marks.VISA: marks.CVV}))
    handle = await system.client.start_workflow(
        CARD_PAYMENT,
        {**order, "paymentMethod": method},
        id=workflow_id(reference),
        task_queue=TASK_QUEUE,
    )
    await scanned.assert_refused(handle.result())
    await scanned.assert_refused(_card_data({**CARD_FIELDS, "cvv": marks.VISA}))
    await scanned.assert_refused(_card_data({**CARD_FIELDS, "expiryYear": int(marks.YEAR)}))
    address = system.client.service_client.config.target_host
    other = await Client.connect(address, data_converter=data_converter(WRONG_KEY))
    await scanned.assert_refused(PaymentClient(other).get(reference))


async def _card_data(fields: Json) -> CardData:
    return CardData.model_validate(fields)


async def reconciled(scanned: ScannedSystem) -> None:
    """A reconciliation finds a difference."""
    payments, reference = scanned.system.payments, scanned.system.reference("differs")
    await payments.authorize(await scanned.order(reference))
    await payments.cancel(reference, "out of stock")
    await scanned.system.result(reference)
    await scanned.system.gateway.operate_dashboard(f"{reference}-1", "hold")
    reconciliations = ReconciliationClient(scanned.system.client)
    run = await reconciliations.start({"references": [reference], "inquiriesPerSecond": 50})
    report: ReconciliationReport = await reconciliations.result(run)
    assert report.different == 1


async def unauthenticated_requests(scanned: ScannedSystem) -> None:
    """Unauthenticated requests to webhook and codec server, and an operator's request."""
    system, card = scanned.system, json.dumps(CARD_FIELDS).encode()
    about = f"{marks.VISA}?email={marks.EMAIL}"
    for path in (f"{NOTIFY_PATH}/default/{about}", f"{NOTIFY_PATH}/{about}", f"/{about}"):
        headers = {"client-id": marks.VISA, "request-time": marks.BORN, "signature": marks.EMAIL}
        answer = await scanned.http.post(f"{scanned.webhook_url}{path}", content=card, headers=headers)
        assert answer.status_code in (401, 404)
    reference = system.reference("shown")
    await system.payments.authorize(await scanned.order(reference, None))
    history = await system.handle(reference).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes.input
    shown = await _decoded(scanned, json.dumps(MessageToDict(started)).encode())
    assert shown.status_code == 200
    assert (await _decoded(scanned, card + b"}")).status_code == 400
    assert (await _decoded(scanned, card, token=marks.VISA)).status_code == 401
    await system.payments.cancel(reference, "end of the test")


async def _decoded(scanned: ScannedSystem, body: bytes, token: str | None = None) -> httpx.Response:
    headers = {
        "Authorization": f"Bearer {token or scanned.system.stack.codec_token}",
        "X-Namespace": marks.EMAIL,
    }
    return await scanned.http.post(f"{scanned.codec_url}/decode", content=body, headers=headers)


async def worker_killed(scanned: ScannedSystem) -> None:
    """The worker is killed with the card in its memory, and another one repeats the call."""
    system, reference = scanned.system, scanned.system.reference("worker-killed")
    await system.gateway.inject_fault(reference, "pay", "act_and_delay", seconds=4)
    order = await scanned.order(reference)
    handle = await system.client.start_workflow(
        CARD_PAYMENT, order, id=workflow_id(reference), task_queue=TASK_QUEUE
    )
    await system.gateway.wait_for_call(reference, "pay")
    await system.worker.restart()
    await with_retries(lambda: system.payments.cancel(reference, "end of the test"))
    assert (await handle.result())["status"] == PaymentStatus.CANCELLED


def card_data_leak(reference: str) -> bytes:
    """Returns a notification that repeats the card and the cardholder."""
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


async def notify(scanned: ScannedSystem, reference: str, body: bytes) -> int:
    """Sends a notification with the gateway's signature; returns the HTTP status."""
    path, now = f"{NOTIFY_PATH}/default/{reference}", str(int(time.time() * 1000))
    signature = sign(
        method="POST",
        path=path,
        client_id=scanned.system.stack.keys.client_id,
        time=now,
        body=body,
        private_key=scanned.system.stack.keys.gateway_private_key,
    )
    headers = {"client-id": scanned.system.stack.keys.client_id, "request-time": now, "signature": signature}
    return (await scanned.http.post(scanned.webhook_url + path, content=body, headers=headers)).status_code


async def wait_until_cards_are_deleted(scanned: ScannedSystem) -> None:
    """Waits until the vault is empty; what remains after that time is found by the scan."""
    with contextlib.suppress(TimeoutError):
        await eventually(lambda: not scanned.store.references())


WITH_CARD: tuple[Flow, ...] = (
    captured_in_parts,
    paid_with_second_card,
    paid_with_challenge,
    authenticated_by_another_provider,
    responses_lost_or_invalid,
)
EVERYTHING: tuple[Flow, ...] = (
    *WITH_CARD,
    responses_leak_card_data,
    paid_on_hosted_page,
    resolved_by_operator,
    card_data_refused,
    reconciled,
    unauthenticated_requests,
)
