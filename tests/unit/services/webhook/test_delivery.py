"""A notification with a valid signature reaches its payment, or is kept, on a real Temporal server."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from temporalio.client import Client

from holdfast.antom.signing import is_valid
from holdfast.temporal.search_attributes import ANTOM_PAYMENT_ID
from settlement.evidence import CaptureEvidence, PaymentEvidence
from tests.support.services.notification_sender import (
    CLIENT_ID,
    NOW,
    KeyPair,
    Sender,
    capture_result,
    notify_path,
    payment_result,
)
from tests.support.services.webhook_payments import (
    ACKNOWLEDGED,
    ended_payment,
    is_kept,
    kept,
    late_notification_id,
    new_reference,
    notifications_of,
    running_payment,
)


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
