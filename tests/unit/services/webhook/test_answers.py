"""The webhook refuses what is not authentic, too large or unreadable, on a real Temporal server."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from services.webhook import delivery
from tests.support.services.notification_sender import (
    NOW,
    KeyPair,
    Sender,
    in_pieces,
    notify_path,
    payment_result,
)
from tests.support.services.webhook_payments import (
    DAY,
    is_kept,
    kept,
    new_reference,
    notifications_of,
    running_payment,
)

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
