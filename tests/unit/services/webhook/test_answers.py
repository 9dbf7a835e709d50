"""The webhook gives the responses of the contract's table, on a real Temporal server."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from holdfast.antom.signing import is_valid
from holdfast.temporal.names import CARD_PAYMENT, TASK_QUEUE, workflow_id
from holdfast.temporal.search_attributes import ANTOM_PAYMENT_ID
from services.webhook import delivery
from services.webhook.delivery import VerifiedRequest
from settlement.evidence import CaptureEvidence, PaymentEvidence
from settlement.notification.late_notice import LateNotice
from settlement.notification.verified_notification import VerifiedNotification
from tests.support.services.notification_sender import (
    CLIENT_ID,
    NOW,
    KeyPair,
    Sender,
    capture_result,
    in_pieces,
    notify_path,
    payment_result,
)
from tests.support.services.standin_payment import StandInPayment

ACKNOWLEDGED = {"result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "success"}}
DAY = timedelta(days=1)
Payment = WorkflowHandle[Any, Any]


def new_reference() -> str:
    return f"ORDER_{uuid4().hex[:12]}"


@asynccontextmanager
async def running_payment(
    client: Client, payment_id: str | None = None
) -> AsyncIterator[tuple[str, Payment]]:
    reference = new_reference()
    handle = await client.start_workflow(
        CARD_PAYMENT, payment_id, id=workflow_id(reference), task_queue=TASK_QUEUE
    )
    yield reference, handle
    await handle.signal(StandInPayment.end)
    await handle.result()


async def ended_payment(client: Client) -> str:
    async with running_payment(client) as (reference, _):
        pass
    return reference


async def notifications_of(payment: Payment) -> list[VerifiedNotification]:
    return await payment.query(StandInPayment.notifications)


async def kept(client: Client, body: bytes, account: str = "default") -> LateNotice:
    """Returns the notice that was kept for a body."""
    handle = client.get_workflow_handle(late_notification_id(body, account), result_type=LateNotice)
    notice: LateNotice = await handle.result()
    return notice


async def is_kept(client: Client, body: bytes, account: str = "default") -> bool:
    try:
        await client.get_workflow_handle(late_notification_id(body, account)).describe()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


def late_notification_id(body: bytes, account: str) -> str:
    return VerifiedRequest(account, "", body, NOW).late_notification_id


async def test_signed_notification_is_signalled_to_its_payment_and_acknowledged(
    temporal: Client, gateway: Sender
) -> None:
    async with running_payment(temporal) as (reference, payment):
        answer = await gateway.post(payment_result(f"{reference}-1"), reference)
        assert (answer.status_code, answer.json()) == (200, ACKNOWLEDGED)
        [notification] = await notifications_of(payment)
    assert (notification.merchantAccount, notification.notifyType) == ("default", "PAYMENT_RESULT")
    assert notification.receivedAt == NOW
    assert isinstance(notification.evidence, PaymentEvidence)
    assert notification.evidence.paymentRequestId == f"{reference}-1"


async def test_acknowledgement_is_signed_like_the_gateways_own_responses(
    temporal: Client, gateway: Sender, merchant_key: KeyPair
) -> None:
    async with running_payment(temporal) as (reference, _):
        answer = await gateway.post(payment_result(f"{reference}-1"), reference)
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    assert answer.headers["client-id"] == CLIENT_ID
    assert is_valid(
        answer.headers["signature"],
        method="POST",
        path=notify_path(reference),
        client_id=CLIENT_ID,
        time=answer.headers["response-time"],
        body=answer.content,
        public_keys=[merchant_key.public_text],
    )


async def test_repeated_notification_is_acknowledged_again(temporal: Client, gateway: Sender) -> None:
    async with running_payment(temporal) as (reference, payment):
        body = payment_result(f"{reference}-1")
        answers = [await gateway.post(body, reference) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert len(await notifications_of(payment)) == 1
        assert not await is_kept(temporal, body)


async def test_request_with_another_body_or_path_is_another_signal(temporal: Client, gateway: Sender) -> None:
    async with running_payment(temporal) as (reference, payment):
        first, second = (payment_result(f"{reference}-1", payment_id) for payment_id in ("1", "2"))
        for body, path in ((first, reference), (second, reference), (second, None)):
            assert (await gateway.post(body, path)).status_code == 200
        assert len(await notifications_of(payment)) == 3


async def test_notification_for_ended_payment_is_kept_once(temporal: Client, gateway: Sender) -> None:
    reference = await ended_payment(temporal)
    body = payment_result(f"{reference}-1")
    runs = set()
    for _ in range(3):
        answer = await gateway.post(body, reference)
        assert (answer.status_code, answer.json()) == (200, ACKNOWLEDGED)
        notice = await kept(temporal, body)
        runs.add(
            (await temporal.get_workflow_handle(late_notification_id(body, "default")).describe()).run_id
        )
    assert len(runs) == 1
    assert (notice.reason, notice.paymentReference) == ("payment has ended", reference)
    assert notice.facts is not None
    assert notice.facts.evidence.value == "8000"


async def test_notification_for_unknown_payment_is_kept(temporal: Client, gateway: Sender) -> None:
    reference = new_reference()
    body = payment_result(f"{reference}-1")
    answer = await gateway.post(body, reference)
    assert (answer.status_code, answer.json()) == (200, ACKNOWLEDGED)
    notice = await kept(temporal, body)
    assert (notice.reason, notice.paymentReference) == ("no such payment", reference)


async def test_notification_with_impossible_reference_is_kept_without_it(
    temporal: Client, gateway: Sender
) -> None:
    body = payment_result(f"{new_reference()}-1")
    for reference in ("a%20b", "x" * 49, "deep/er"):
        assert (await gateway.post(body, reference)).status_code == 200
    assert (await kept(temporal, body)).paymentReference is None


async def test_notification_is_delivered_to_the_payment_of_its_path(
    temporal: Client, gateway: Sender
) -> None:
    async with running_payment(temporal) as (named, one), running_payment(temporal) as (other, two):
        answer = await gateway.post(payment_result(f"{other}-1"), named)
        assert answer.status_code == 200
        assert (len(await notifications_of(one)), len(await notifications_of(two))) == (1, 0)


@pytest.mark.parametrize("kind", [payment_result, capture_result])
async def test_dashboard_url_finds_payment_by_request_id(
    temporal: Client, gateway: Sender, kind: Callable[[str], bytes]
) -> None:
    suffix = "-c1" if kind is capture_result else "-2"
    async with running_payment(temporal) as (reference, payment):
        assert (await gateway.post(kind(reference + suffix))).status_code == 200
        assert len(await notifications_of(payment)) == 1


async def test_dashboard_url_finds_automatic_capture_by_payment_id(temporal: Client, gateway: Sender) -> None:
    payment_id = uuid4().hex
    async with running_payment(temporal, payment_id) as (_, payment):
        await until_searchable(temporal, payment_id)
        assert (await gateway.post(capture_result("20261123GATEWAY", payment_id))).status_code == 200
        [notification] = await notifications_of(payment)
    assert isinstance(notification.evidence, CaptureEvidence)


async def test_dashboard_url_finds_no_payment_of_another_account(
    temporal: Client, gateway: Sender, other_key: KeyPair
) -> None:
    payment_id = uuid4().hex
    async with running_payment(temporal, payment_id) as (_, payment):
        await until_searchable(temporal, payment_id)
        path, body = notify_path(account="shop-two"), capture_result("20261123GATEWAY", payment_id)
        headers = gateway.headers(path, body, client_id="5X00000000000002", key=other_key)
        assert (await gateway.http.post(path, content=body, headers=headers)).status_code == 200
        assert await notifications_of(payment) == []
    assert (await kept(temporal, body, "shop-two")).reason == "no such payment"


async def until_searchable(client: Client, payment_id: str) -> None:
    query = f"{ANTOM_PAYMENT_ID.name} = '{payment_id}' AND MerchantAccount = 'default'"
    while not (await client.count_workflows(query)).count:
        pass


async def test_dashboard_notification_without_match_is_kept(temporal: Client, gateway: Sender) -> None:
    body = capture_result("20261123UNKNOWN", "O'Brien' OR 1=1")
    assert (await gateway.post(body)).status_code == 200
    assert (await kept(temporal, body)).reason == "no such payment"


async def test_notification_is_verified_with_the_keys_of_its_account(
    temporal: Client, gateway: Sender, other_key: KeyPair
) -> None:
    async with running_payment(temporal) as (reference, payment):
        path, body = notify_path(reference, "shop-two"), payment_result(f"{reference}-1")
        signed_by_shop_two = gateway.headers(path, body, client_id="5X00000000000002", key=other_key)
        signed_by_default = gateway.headers(path, body, client_id="5X00000000000002")
        assert (await gateway.http.post(path, content=body, headers=signed_by_default)).status_code == 401
        assert (await gateway.http.post(path, content=body, headers=signed_by_shop_two)).status_code == 200
        [notification] = await notifications_of(payment)
    assert notification.merchantAccount == "shop-two"


ChangeHeaders = Callable[[dict[str, str]], dict[str, str]]


def replaced(name: str, value: str) -> ChangeHeaders:
    return lambda headers: headers | {name: value}


def without(name: str) -> ChangeHeaders:
    return lambda headers: {key: value for key, value in headers.items() if key != name}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(without("signature"), id="no signature"),
        pytest.param(without("client-id"), id="no client id"),
        pytest.param(without("request-time"), id="no time"),
        pytest.param(replaced("signature", "nonsense"), id="a malformed signature"),
        pytest.param(replaced("signature", "algorithm=RSA256,keyVersion=1,signature=AAAA"), id="a short one"),
        pytest.param(replaced("client-id", "5X00000000000002"), id="another client id"),
        pytest.param(replaced("request-time", "yesterday"), id="no time at all"),
        pytest.param(replaced("request-time", "2026-11-23T12:00:01+00:00"), id="another time"),
    ],
)
async def test_notification_with_invalid_headers_is_rejected_and_not_stored(
    temporal: Client, gateway: Sender, change: ChangeHeaders
) -> None:
    async with running_payment(temporal) as (reference, payment):
        path, body = notify_path(reference), payment_result(f"{reference}-1")
        headers = change(gateway.headers(path, body))
        answer = await gateway.http.post(path, content=body, headers=headers)
        assert (answer.status_code, answer.content) == (401, b"")
        assert await notifications_of(payment) == []
        assert not await is_kept(temporal, body)


async def test_signature_with_unknown_key_is_rejected(
    temporal: Client, gateway: Sender, other_key: KeyPair
) -> None:
    path, body = notify_path(new_reference()), payment_result("X-1")
    headers = gateway.headers(path, body, key=other_key)
    answer = await gateway.http.post(path, content=body, headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")
    assert not await is_kept(temporal, body)


async def test_signature_for_another_client_id_is_rejected(temporal: Client, gateway: Sender) -> None:
    body = payment_result("X-2")
    answer = await gateway.post(body, new_reference(), client_id="5X00000000000002")
    assert (answer.status_code, answer.content) == (401, b"")
    assert not await is_kept(temporal, body)


@pytest.mark.parametrize(
    ("signed", "called"),
    [
        ("/antom/notifications/default/ORDER_A", "/antom/notifications/default/ORDER_B"),
        ("/antom/notifications/default/ORDER_A", "/antom/notifications/default/ORDER%5FA"),
        ("/antom/notifications/default/ORDER_A", "/antom/notifications/default"),
        ("/antom/notifications/default/ORDER_A", "/antom/notifications/shop-two/ORDER_A"),
        ("/antom/notifications/unknown/ORDER_A", "/antom/notifications/unknown/ORDER_A"),
        ("/antom/%6Eotifications/default/A", "/antom/%6Eotifications/default/A"),
        ("/antom/notifications/", "/antom/notifications/"),
    ],
)
async def test_signature_is_valid_for_the_raw_path_only(gateway: Sender, signed: str, called: str) -> None:
    body = payment_result("ORDER_A-1")
    answer = await gateway.http.post(called, content=body, headers=gateway.headers(signed, body))
    assert (answer.status_code, answer.content) == (401, b"")


async def test_changed_body_is_rejected(temporal: Client, gateway: Sender) -> None:
    path, body = notify_path(new_reference()), payment_result("X-1")
    changed = body.replace(b"8000", b"8001")
    assert changed != body
    answer = await gateway.http.post(path, content=changed, headers=gateway.headers(path, body))
    assert answer.status_code == 401
    assert not await is_kept(temporal, changed)


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (NOW - DAY, 200),
        (NOW - DAY - timedelta(seconds=1), 401),
        (NOW + DAY, 200),
        (NOW + DAY + timedelta(seconds=1), 401),
    ],
)
@pytest.mark.parametrize("as_milliseconds", [True, False])
async def test_request_time_outside_the_tolerance_is_rejected(
    gateway: Sender, moment: Any, status: int, as_milliseconds: bool
) -> None:
    time = str(int(moment.timestamp() * 1000)) if as_milliseconds else moment.isoformat()
    path, body = notify_path("NEVER"), payment_result("NEVER-1")
    headers = gateway.headers(path, body, time=time)
    assert (await gateway.http.post(path, content=body, headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("body", "reason", "notify_type"),
    [
        (b"not json at all", "not JSON", None),
        (b"", "not JSON", None),
        (b"[1, 2]", "not JSON", None),
        (b'{"notifyType": "PAYMENT_RESULT"}', "malformed", "PAYMENT_RESULT"),
    ],
)
async def test_signed_body_of_unknown_format_is_kept_and_answered_400(
    temporal: Client, gateway: Sender, body: bytes, reason: str, notify_type: str | None
) -> None:
    answers = [await gateway.post(body, "ORDER_X") for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(400, b"")] * 2
    notice = await kept(temporal, body)
    assert (notice.reason, notice.notifyType, notice.facts) == (reason, notify_type, None)


@pytest.mark.parametrize(
    ("body", "notify_type"),
    [
        (b'{"notifyType": "REFUND_RESULT"}', "REFUND_RESULT"),
        (b'{"disputeNotificationType": "DISPUTE_CREATED"}', "DISPUTE_CREATED"),
        (b'{"notifyType": "SOMETHING_NEW"}', "SOMETHING_NEW"),
        (b'{"result": {}}', None),
    ],
)
async def test_notification_of_an_unknown_type_is_kept_and_acknowledged(
    temporal: Client, gateway: Sender, body: bytes, notify_type: str | None
) -> None:
    answers = [await gateway.post(body, "ORDER_X") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    notice = await kept(temporal, body)
    assert (notice.reason, notice.notifyType, notice.facts) == ("unknown notifyType", notify_type, None)


@pytest.mark.parametrize("declared", [True, False])
async def test_body_above_64_kib_is_answered_413(gateway: Sender, declared: bool) -> None:
    body = json.dumps({"notifyType": "PAYMENT_RESULT", "padding": "x" * 65_536}).encode()
    path = notify_path("ORDER_X")
    content = body if declared else in_pieces(body)
    answer = await gateway.http.post(path, content=content, headers=gateway.headers(path, body))
    assert (answer.status_code, answer.content) == (413, b"")


async def test_body_of_exactly_64_kib_is_read(temporal: Client, gateway: Sender) -> None:
    body = b'{"padding":"' + b"x" * (65_536 - 14) + b'"}'
    assert len(body) == 65_536
    path = notify_path("ORDER_X")
    answer = await gateway.http.post(path, content=in_pieces(body), headers=gateway.headers(path, body))
    assert answer.status_code == 200
    assert await is_kept(temporal, body)


async def test_notification_that_temporal_does_not_store_is_not_acknowledged(
    temporal: Client, gateway: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise RPCError("too busy", RPCStatusCode.RESOURCE_EXHAUSTED, b"")

    async with running_payment(temporal) as (reference, _):
        body = payment_result(f"{reference}-1")
        with monkeypatch.context() as patch:
            patch.setattr(delivery, "signal_once", refuse)
            answer = await gateway.post(body, reference)
    assert (answer.status_code, answer.content) == (503, b"")
    assert not await is_kept(temporal, body)


async def test_only_post_is_accepted(app: Starlette, gateway: Sender) -> None:
    assert (await gateway.http.get(notify_path("ORDER_X"))).status_code == 405
    assert (await gateway.http.post("/antom/notifications")).status_code == 404
