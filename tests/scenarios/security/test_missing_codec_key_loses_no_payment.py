"""A worker or merchant without the right codec key gets an error that names it, and no payment is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from holdfast import CodecKeyError, Payment, PaymentClient, PaymentStatus
from holdfast.temporal.connection import data_converter
from tests.support.eventually import eventually
from tests.support.world import CODEC_KEY, VISA, World
from worker import build_worker

OTHER_KEY = "k2:" + "MDEyMzQ1NjdBQkNERUZHSElKS0xNTk9QUVJTVFVWV1g="
WRONG_KEY = "k1:" + OTHER_KEY.removeprefix("k2:")
KEY_ERRORS = [
    (OTHER_KEY, "HOLDFAST_CODEC_KEYS holds no key 'k1'"),
    (WRONG_KEY, "HOLDFAST_CODEC_KEYS: key 'k1' does not decrypt this payload"),
    (None, "HOLDFAST_CODEC_KEYS is not set, and this payload needs its key 'k1'"),
]


async def client_with(world: World, keys: str | None) -> Client:
    address = world.client.service_client.config.target_host
    return await Client.connect(address, data_converter=data_converter(keys))


@asynccontextmanager
async def running_worker(world: World, queue: str, keys: str | None) -> AsyncIterator[None]:
    """Runs a worker with these keys during the block."""
    client = await client_with(world, keys)
    async with build_worker(client, world.activities, task_queue=queue, grace=timedelta(0)):
        yield


async def authorized(world: World, queue: str) -> tuple[PaymentClient, str]:
    payments = PaymentClient(world.client, vault=world.vault, task_queue=queue)
    reference = world.reference(queue)
    with world.env.with_time_skipping_disabled():
        await payments.authorize(await world.order(reference, card=VISA))
    return payments, reference


@pytest.mark.parametrize(("keys", "message"), KEY_ERRORS, ids=["missing", "wrong", "none"])
async def test_worker_without_the_codec_key_leaves_the_payment_unchanged_until_it_has_the_key(
    sealed: World, caplog: pytest.LogCaptureFixture, keys: str | None, message: str
) -> None:
    queue = f"missing-{KEY_ERRORS.index((keys, message))}"
    async with running_worker(sealed, queue, CODEC_KEY):
        payments, reference = await authorized(sealed, queue)
    async with running_worker(sealed, queue, keys):
        capturing: asyncio.Task[Payment] = asyncio.create_task(payments.capture(reference))
        await eventually(lambda: message in caplog.text)
        described = await sealed.handle(reference).describe()
        assert described.status is WorkflowExecutionStatus.RUNNING
        assert sealed.calls(reference, "capture") == []
    async with running_worker(sealed, queue, f"{CODEC_KEY},{OTHER_KEY}"):
        assert (await capturing).status is PaymentStatus.CAPTURED
    assert sealed.ledger(reference)["capturedAmount"] == 30000
    assert len(sealed.calls(reference, "capture")) == 1


@pytest.mark.parametrize(("keys", "message"), KEY_ERRORS, ids=["missing", "wrong", "none"])
async def test_merchant_without_the_codec_key_gets_an_error_that_names_it(
    sealed: World, keys: str | None, message: str
) -> None:
    reference = sealed.reference("merchant-without-key")
    await sealed.authorize(reference)
    without_key = PaymentClient(await client_with(sealed, keys))
    for call in (without_key.get(reference), without_key.refresh(reference)):
        with pytest.raises(CodecKeyError) as raised:
            await call
        assert str(raised.value).startswith(message)
    await sealed.payments.cancel(reference, "end of the test")
    with pytest.raises(CodecKeyError):
        await without_key.get(reference)
