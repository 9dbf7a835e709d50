"""Merchant and workers share a card vault on a server, which may be unavailable or lose its data."""

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from temporalio.client import Client

import holdfast.card_vault.redis
from activities.gateway.payments import GatewayActivities
from holdfast import PaymentClient, PaymentStatus
from holdfast.antom.client import AntomClient, Timeouts
from holdfast.card_vault import CardData, CardVault, Keyring, open_vault
from settlement.evidence import CARD_NOT_FOUND
from tests.support.card_vault.valkey_server import ValkeyServer, valkey
from tests.support.eventually import eventually
from tests.support.world import NOTIFY_PATH, VAULT_KEY, VISA, World, account_of, card_data
from worker import build_worker

QUEUE = "several-machines"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    with valkey(tmp_path_factory.mktemp("valkey")) as running:
        yield running


@pytest.fixture(scope="module")
async def shop(world: World, server: ValkeyServer) -> AsyncIterator[World]:
    """A merchant and two workers, each with its own connection to the vault's server."""
    async with AsyncExitStack() as stack:

        def vault() -> CardVault:
            opened = open_vault(server.url, Keyring.parse(VAULT_KEY, "KEYS"))
            stack.push_async_callback(opened.close)
            return opened

        gateway = await stack.enter_async_context(
            AntomClient(account_of(world.simulator), timeouts=Timeouts(read=2))
        )
        for _ in range(2):
            calls = GatewayActivities({"default": gateway}, world.webhook_url + NOTIFY_PATH, vault()).all()
            client = await Client.connect(
                world.client.service_client.config.target_host, data_converter=world.client.data_converter
            )
            worker = build_worker(client, calls, task_queue=QUEUE, grace=timedelta(0))
            await stack.enter_async_context(worker)
        merchants = vault()
        payments = PaymentClient(
            world.client, vault=merchants, answer_within=timedelta(seconds=60), task_queue=QUEUE
        )
        yield dataclasses.replace(world, payments=payments, vault=merchants)


@pytest.fixture
def short_vault_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shortens the timeout for an answer of the vault's server."""
    monkeypatch.setattr(holdfast.card_vault.redis, "OPERATION_TIMEOUT", timedelta(seconds=0.5))


async def pay_has_failed_once(shop: World, reference: str) -> bool:
    return await shop.has_begun(reference) and "ACTIVITY_TASK_FAILED" in await shop.events(reference)


async def wait_for_inquiries(shop: World, reference: str, times: int) -> None:
    await eventually(lambda: len(shop.calls(reference, "inquiryPayment")) >= times)


async def test_card_in_a_shared_vault_is_used_once_and_deleted(shop: World, server: ValkeyServer) -> None:
    references = [shop.reference(f"shared-vault-{number}") for number in range(8)]
    # one block around the concurrent ones: of overlapping blocks, the last one leaves time skipping disabled
    with shop.env.with_time_skipping_disabled():
        paid = await asyncio.gather(*(shop.authorize(reference) for reference in references))
    assert {payment.status for payment in paid} == {PaymentStatus.AUTHORIZED}
    for reference in references:
        assert len(shop.calls(reference, "pay")) == 1
        assert shop.ledger(reference)["liveAuthorizations"] == 1
    assert server.client.dbsize() == 0


async def test_repeated_pay_on_another_worker_finds_the_card(shop: World, server: ValkeyServer) -> None:
    reference = shop.reference("shared-vault-repeat")
    shop.fault(reference, "pay", "act_and_drop", times=2)
    shop.fault(reference, "notification", "none", times=-1)
    assert (await shop.authorize(reference)).status is PaymentStatus.AUTHORIZED
    assert len(shop.calls(reference, "pay")) == 3
    assert shop.ledger(reference)["maxLiveAuthorizations"] == 1
    assert server.client.dbsize() == 0


@pytest.mark.usefixtures("short_vault_timeout")
async def test_unresponsive_vault_delays_the_pay_call_and_charges_once(
    shop: World, server: ValkeyServer
) -> None:
    reference = shop.reference("vault-hangs")
    order = await shop.order(reference, card=VISA)
    server.freeze()
    with shop.env.with_time_skipping_disabled():
        paying = asyncio.create_task(shop.payments.authorize(order))
        try:
            await eventually(lambda: pay_has_failed_once(shop, reference))
            assert not shop.calls(reference, "pay")
        finally:
            server.thaw()
        assert (await paying).status is PaymentStatus.AUTHORIZED
    assert len(shop.calls(reference, "pay")) == 1
    assert server.client.dbsize() == 0


async def test_card_lost_before_the_pay_call_is_declined_and_may_be_retried(
    shop: World, server: ValkeyServer
) -> None:
    reference = shop.reference("vault-loses-card")
    order = await shop.order(reference, card=VISA)
    server.client.flushall()
    with shop.env.with_time_skipping_disabled():
        payment = await shop.answer(reference, shop.payments.authorize(order))
        assert payment.status is PaymentStatus.DECLINED
        assert payment.attempts[-1].resultCode == CARD_NOT_FOUND
        assert not shop.calls(reference, "pay")
        stored = await shop.payments.store_card(card_data(VISA))
        retried = await shop.payments.retry(reference, {"paymentMethodType": "CARD", "cardReference": stored})
    assert retried.status is PaymentStatus.AUTHORIZED
    assert shop.ledger(reference)["maxLiveAuthorizations"] == 1


async def test_card_lost_after_the_pay_call_is_not_a_failure(shop: World, server: ValkeyServer) -> None:
    reference = shop.reference("vault-loses-card-after-pay")
    shop.fault(reference, "pay", "act_and_delay", seconds=4)
    shop.fault(reference, "notification", "none", times=-1)
    order = await shop.order(reference, card=VISA)
    with shop.env.with_time_skipping_disabled():
        paying = asyncio.create_task(shop.payments.authorize(order))
        await eventually(lambda: len(shop.calls(reference, "pay")) == 1)
        server.client.flushall()
        payment = await paying
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.attempts[-1].decidedBy == "INQUIRY"
    assert len(shop.calls(reference, "pay")) == 1


async def test_card_lost_in_a_vault_restart_is_declined_after_inquiries(
    shop: World, server: ValkeyServer
) -> None:
    """The card is lost, and a worker cannot know whether an earlier attempt sent it: inquiries decide."""
    reference = shop.reference("vault-restarts")
    order = await shop.order(reference, card=VISA)
    server.stop()
    paying = asyncio.create_task(shop.payments.authorize(order))
    try:
        await eventually(lambda: pay_has_failed_once(shop, reference))
    finally:
        server.start()
    for times in (1, 2):
        await wait_for_inquiries(shop, reference, times)
        await shop.skip(reference, timedelta(seconds=16))
    payment = await paying
    assert payment.status is PaymentStatus.DECLINED
    assert payment.attempts[-1].resultCode == CARD_NOT_FOUND
    assert len(shop.calls(reference, "inquiryPayment")) == 3
    assert not shop.calls(reference, "pay")


async def test_shared_vault_leaves_no_card_data_in_history_log_and_network_traffic(
    shop: World, server: ValkeyServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reference = shop.reference("card-data-on-a-server")
    shop.fault(reference, "pay", "act_and_drop")
    card = CardData(cardNo=VISA, cvv="731", expiryMonth="11", expiryYear="38", cardPasswordDigest="86")
    with server.monitored() as traffic:
        method = {"paymentMethodType": "CARD", "cardReference": await shop.payments.store_card(card)}
        await shop.authorize(reference, card=None, paymentMethod=method)
    await shop.payments.cancel(reference, "end of the test")
    assert method["cardReference"].encode() in traffic
    history = await shop.in_clear(await shop.handle(reference).fetch_history())
    assert b"Two cups" in history
    for secret in (VISA, '"731"', '"86"', "expiryMonth", "expiryYear", '"cvv"'):
        assert secret.encode() not in history
        assert secret not in caplog.text
        assert secret.encode() not in traffic
