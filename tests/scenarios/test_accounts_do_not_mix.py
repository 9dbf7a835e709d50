"""Two merchant accounts with gateways and keys of their own: nothing of one counts for the other."""

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
class Town:
    """Two shops at one Holdfast, each with a gateway of its own."""

    world: World
    gateways: dict[str, Simulator]
    folder: Path

    def write(self, trusting: dict[str, str], *without: str) -> None:
        """The accounts; `trusting` says whose gateway key a shop believes, which is its own as a rule."""
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
        self.world.book.reload()

    async def authorize(self, reference: str, shop: str, card: str | None = VISA) -> Payment:
        order = await self.world.order(reference, card=card, merchantAccount=shop)
        return await self.world.payments.authorize(order)

    async def notify(self, path_of: str, client_of: str, key_of: str, reference: str) -> int:
        """The success of a payment, sent to one shop's path, for a client id, signed with a gateway's key."""
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
        """What the shop's gateway says happened to the order's money."""
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
async def one_town(temporal: TimeSkipping, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    tea, cups = (Simulator(Keys.generate(f"SANDBOX_{shop}"), time_scale=120) for shop in SHOPS)
    async with running(tea), running(cups), running_world(temporal, folder, task_queue="town") as world:
        yield Town(world, {"tea": tea, "cups": cups}, folder)


@pytest.fixture
def town(one_town: Town) -> Iterator[Town]:
    """With real seconds, and both shops as they should be."""
    one_town.write({})
    with one_town.world.env.with_time_skipping_disabled():
        yield one_town


async def test_a_notification_counts_under_its_own_path_with_its_own_client_id_and_key_alone(
    town: Town,
) -> None:
    reference = town.world.reference("crossed")
    await town.authorize(reference, "tea", card=None)
    for path_of, client_of, key_of in product(SHOPS, repeat=3):
        if not path_of == client_of == key_of:
            status = await town.notify(path_of, client_of, key_of, reference)
            assert status == 401, (path_of, client_of, key_of)
    payment = await town.world.payments.get(reference)
    assert (payment.status, payment.review) == (PaymentStatus.ACTION_REQUIRED, None)
    assert await town.notify("cups", "cups", "cups", reference) == 200
    await eventually(lambda: is_under_review(town, reference))
    payment = await town.world.payments.get(reference)
    assert payment.status is PaymentStatus.ACTION_REQUIRED
    assert payment.review is not None
    assert "came from another merchant account" in payment.review.reason
    await town.world.payments.cancel(reference, "end of the test")


async def is_under_review(town: Town, reference: str) -> bool:
    return (await town.world.payments.get(reference)).review is not None


async def test_each_shop_is_paid_at_its_own_gateway(town: Town) -> None:
    for shop, other in (SHOPS, SHOPS[::-1]):
        reference = town.world.reference(shop)
        assert (await town.authorize(reference, shop)).status is PaymentStatus.AUTHORIZED
        assert town.order_at(shop, reference)["liveAuthorizations"] == 1
        assert town.order_at(other, reference) == {}
        await town.world.payments.cancel(reference, "end of the test")


async def test_a_shop_that_is_sent_to_another_gateway_stays_with_its_payments(town: Town) -> None:
    """Whoever is asked there knows nothing of the hold, and says so under its own good signature."""
    reference = town.world.reference("moved")
    await town.authorize(reference, "tea")
    moved = replace(town, gateways=town.gateways | {"tea": town.gateways["cups"]})
    moved.write({})
    payment = await town.world.payments.cancel(reference, "end of the test")
    assert payment.status is PaymentStatus.CANCELLED
    assert town.order_at("tea", reference)["liveAuthorizations"] == 0


async def test_an_answer_signed_with_the_others_key_is_not_believed(town: Town) -> None:
    """Its gateway has authorized. The shop that trusts the other's key knows nothing, and charges once."""
    reference = town.world.reference("mistrust")
    town.write({"tea": "cups"})
    authorizing = asyncio.create_task(town.authorize(reference, "tea"))
    await eventually(lambda: calls_of(town, "tea", reference) >= 2)
    assert (await town.world.payments.get(reference)).status is PaymentStatus.AUTHORIZING
    town.write({})
    assert (await authorizing).status is PaymentStatus.AUTHORIZED
    assert town.order_at("tea", reference)["maxLiveAuthorizations"] == 1
    await town.world.payments.cancel(reference, "end of the test")


def calls_of(town: Town, shop: str, reference: str) -> int:
    calls = town.gateways[shop].calls()
    return sum(call["operation"] == "pay" and call["paymentRequestId"] == f"{reference}-1" for call in calls)


async def test_an_account_that_is_taken_away_keeps_its_captures_until_it_is_back(town: Town) -> None:
    reference = town.world.reference("away")
    await town.authorize(reference, "tea")
    town.write({}, "tea")
    capturing = asyncio.create_task(town.world.payments.capture(reference))
    await eventually(lambda: is_tried_again(town, reference))
    town.write({})
    assert (await capturing).status is PaymentStatus.CAPTURED
    order = town.order_at("tea", reference)
    assert (order["capturedAmount"], order["maxLiveAuthorizations"]) == (30000, 1)


async def is_tried_again(town: Town, reference: str) -> bool:
    """Whether a call of the payment has failed, and is about to be made again."""
    about = await town.world.handle(reference).describe()
    return any(pending.attempt > 1 for pending in about.raw_description.pending_activities)


async def test_a_notification_for_an_account_that_is_taken_away_comes_again(town: Town) -> None:
    reference = town.world.reference("told-later")
    await town.authorize(reference, "tea", card=None)
    town.write({}, "tea")
    await town.gateways["tea"].buyer_acts(f"{reference}-1", "pay")
    await eventually(lambda: 401 in answers_to(town, reference))
    town.write({})
    payment = await town.world.becomes(reference, PaymentStatus.AUTHORIZED)
    assert payment.review is None
    await eventually(lambda: answers_to(town, reference)[-1] == 200)
    await town.world.payments.cancel(reference, "end of the test")


def answers_to(town: Town, reference: str) -> list[object]:
    """What the webhook has answered to the notifications of a payment."""
    told = town.gateways["tea"].notifications()
    attempts = [n["attempts"] for n in told if n["paymentRequestId"] == f"{reference}-1"]
    return [attempt.get("answer") for each in attempts if isinstance(each, list) for attempt in each]
