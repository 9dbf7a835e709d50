"""Two merchant accounts, each with its own gateway and keys, do not affect each other."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import httpx
import pytest

from holdfast import Payment, PaymentStatus
from holdfast.antom.signing import sign
from simulator.http.server import Simulator, running
from simulator.keys import Keys
from tests.support.eventually import eventually
from tests.support.time_skipping import TimeSkipping
from tests.support.world import NOTIFY_PATH, VISA, World, running_world

SHOPS = ("tea", "cups")


@dataclass
class TwoAccounts:
    """Two accounts of one Holdfast, each with a gateway of its own."""

    world: World
    gateways: dict[str, Simulator]
    folder: Path

    def write(self, trusting: dict[str, str], *without: str) -> None:
        """Writes the accounts file; `trusting` maps a shop to the shop whose gateway key it trusts."""
        for shop, gateway in self.gateways.items():
            (self.folder / f"{shop}.key").write_text(gateway.keys.merchant_private_key)
            (self.folder / f"{shop}.pub").write_text(gateway.keys.gateway_public_key)
        tables = [
            f'[accounts.{shop}]\ngateway_url = "{gateway.base_url}"\nclient_id = "{gateway.keys.client_id}"\n'
            f'merchant_private_key_file = "{shop}.key"\n'
            f'gateway_public_key_file = "{trusting.get(shop, shop)}.pub"\n'
            for shop, gateway in self.gateways.items()
            if shop not in without
        ]
        (self.folder / "accounts.toml").write_text("".join(tables) or "[accounts]\n")
        self.world.accounts.reload()

    async def authorize(self, reference: str, shop: str, card: str | None = VISA) -> Payment:
        order = await self.world.order(reference, card=card, merchantAccount=shop)
        return await self.world.payments.authorize(order)

    async def notify(self, path_of: str, client_of: str, key_of: str, reference: str) -> int:
        """Notifies a success with the path, client id and key of these shops; returns the HTTP status."""
        client_id, path = self.gateways[client_of].keys.client_id, f"{NOTIFY_PATH}/{path_of}/{reference}"
        body, now = success_of(reference), str(int(time.time() * 1000))
        signature = sign(
            method="POST",
            path=path,
            client_id=client_id,
            time=now,
            body=body,
            private_key=self.gateways[key_of].keys.gateway_private_key,
        )
        headers = {"client-id": client_id, "request-time": now, "signature": signature}
        async with httpx.AsyncClient() as http:
            answer = await http.post(self.world.webhook_url + path, content=body, headers=headers)
        return answer.status_code

    def order_at(self, shop: str, reference: str) -> dict[str, object]:
        """Returns the order in the ledger of the shop's gateway; empty where it has none."""
        orders: dict[str, dict[str, object]] = self.gateways[shop].ledger()["orders"]
        return orders.get(reference, {})


def success_of(reference: str) -> bytes:
    amount = {"currency": "EUR", "value": "30000"}
    content = {
        "notifyType": "PAYMENT_RESULT",
        "result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "success"},
        "paymentRequestId": f"{reference}-1",
        "paymentId": "202611230000000001",
        "paymentAmount": amount,
        "paymentCreateTime": "2026-11-23T10:00:00+08:00",
    }
    return json.dumps(content).encode()


@pytest.fixture(scope="module")
async def both_accounts(
    temporal: TimeSkipping, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TwoAccounts]:
    folder = tmp_path_factory.mktemp("accounts")
    tea, cups = (
        Simulator(Keys.generate(f"SANDBOX_{shop}"), time_scale=120, distinct_answers=True) for shop in SHOPS
    )
    async with running(tea), running(cups), running_world(temporal, folder, task_queue="accounts") as world:
        yield TwoAccounts(world, {"tea": tea, "cups": cups}, folder)


@pytest.fixture
def accounts(both_accounts: TwoAccounts) -> Iterator[TwoAccounts]:
    """Both accounts in their correct configuration, with time skipping disabled."""
    both_accounts.write({})
    with both_accounts.world.env.with_time_skipping_disabled():
        yield both_accounts


async def test_notification_with_path_client_id_or_key_of_another_account_is_rejected(
    accounts: TwoAccounts,
) -> None:
    reference = accounts.world.reference("account-mismatch")
    await accounts.authorize(reference, "tea", card=None)
    for path_of, client_of, key_of in product(SHOPS, repeat=3):
        if not path_of == client_of == key_of:
            status = await accounts.notify(path_of, client_of, key_of, reference)
            assert status == 401, (path_of, client_of, key_of)
    payment = await accounts.world.payments.get(reference)
    assert (payment.status, payment.review) == (PaymentStatus.ACTION_REQUIRED, None)
    assert await accounts.notify("cups", "cups", "cups", reference) == 200
    await eventually(lambda: is_under_review(accounts, reference))
    payment = await accounts.world.payments.get(reference)
    assert payment.status is PaymentStatus.ACTION_REQUIRED
    assert payment.review is not None
    assert "came from another merchant account" in payment.review.reason
    await accounts.world.payments.cancel(reference, "end of the test")


async def is_under_review(accounts: TwoAccounts, reference: str) -> bool:
    return (await accounts.world.payments.get(reference)).review is not None


async def test_payment_of_each_account_is_made_at_its_own_gateway(accounts: TwoAccounts) -> None:
    for shop, other in (SHOPS, SHOPS[::-1]):
        reference = accounts.world.reference(shop)
        assert (await accounts.authorize(reference, shop)).status is PaymentStatus.AUTHORIZED
        assert accounts.order_at(shop, reference)["liveAuthorizations"] == 1
        assert accounts.order_at(other, reference) == {}
        await accounts.world.payments.cancel(reference, "end of the test")


async def test_account_moved_to_another_gateway_still_releases_its_earlier_authorization(
    accounts: TwoAccounts,
) -> None:
    """The other gateway answers ORDER_NOT_EXIST with a valid signature; the hold is released."""
    reference = accounts.world.reference("account-moved")
    await accounts.authorize(reference, "tea")
    moved = replace(accounts, gateways=accounts.gateways | {"tea": accounts.gateways["cups"]})
    moved.write({})
    payment = await accounts.world.payments.cancel(reference, "end of the test")
    assert payment.status is PaymentStatus.CANCELLED
    assert accounts.order_at("tea", reference)["liveAuthorizations"] == 0


async def test_answer_signed_with_the_key_of_another_account_is_unknown_and_charges_once(
    accounts: TwoAccounts,
) -> None:
    """The gateway has authorized, and its answers are unknown until the account trusts the right key."""
    reference = accounts.world.reference("wrong-gateway-key")
    accounts.write({"tea": "cups"})
    authorizing = asyncio.create_task(accounts.authorize(reference, "tea"))
    await eventually(lambda: pay_calls(accounts, "tea", reference) >= 2)
    assert (await accounts.world.payments.get(reference)).status is PaymentStatus.AUTHORIZING
    accounts.write({})
    assert (await authorizing).status is PaymentStatus.AUTHORIZED
    assert accounts.order_at("tea", reference)["maxLiveAuthorizations"] == 1
    await accounts.world.payments.cancel(reference, "end of the test")


def pay_calls(accounts: TwoAccounts, shop: str, reference: str) -> int:
    calls = accounts.gateways[shop].calls()
    return sum(call["operation"] == "pay" and call["paymentRequestId"] == f"{reference}-1" for call in calls)


async def test_capture_of_a_removed_account_is_made_once_the_account_is_restored(
    accounts: TwoAccounts,
) -> None:
    reference = accounts.world.reference("account-removed")
    await accounts.authorize(reference, "tea")
    accounts.write({}, "tea")
    capturing = asyncio.create_task(accounts.world.payments.capture(reference))
    await eventually(lambda: has_a_failed_call(accounts, reference))
    accounts.write({})
    assert (await capturing).status is PaymentStatus.CAPTURED
    order = accounts.order_at("tea", reference)
    assert (order["capturedAmount"], order["maxLiveAuthorizations"]) == (30000, 1)


async def has_a_failed_call(accounts: TwoAccounts, reference: str) -> bool:
    """Returns whether a call of the payment has failed and is going to be retried."""
    about = await accounts.world.handle(reference).describe()
    return any(pending.attempt > 1 for pending in about.raw_description.pending_activities)


async def test_notification_for_a_removed_account_is_applied_once_the_account_is_restored(
    accounts: TwoAccounts,
) -> None:
    reference = accounts.world.reference("account-removed-notification")
    await accounts.authorize(reference, "tea", card=None)
    accounts.write({}, "tea")
    await accounts.gateways["tea"].buyer_acts(f"{reference}-1", "pay")
    await eventually(lambda: 401 in answers_to(accounts, reference))
    accounts.write({})
    payment = await accounts.world.becomes(reference, PaymentStatus.AUTHORIZED)
    assert payment.review is None
    await eventually(lambda: answers_to(accounts, reference)[-1] == 200)
    await accounts.world.payments.cancel(reference, "end of the test")


def answers_to(accounts: TwoAccounts, reference: str) -> list[object]:
    """Returns the status codes that the webhook answered to the notifications of a payment."""
    notifications = accounts.gateways["tea"].notifications()
    attempts = [n["attempts"] for n in notifications if n["paymentRequestId"] == f"{reference}-1"]
    return [attempt.get("answer") for each in attempts if isinstance(each, list) for attempt in each]
