"""A call that no worker can answer says so, and that no money can be held; the ledger confirms it."""

import base64
import secrets
from datetime import timedelta

import pytest
from temporalio.client import Client

from holdfast import PaymentClient, PaymentUnavailable, UnavailableReason
from holdfast.temporal.connection import data_converter
from tests.support.world import World

UNKNOWN_KEY = "unknown-to-the-worker:" + base64.b64encode(b"u" * 32).decode()


async def test_worker_without_the_codec_key_is_named_as_the_reason(world: World) -> None:
    reference = f"unanswered-{secrets.token_hex(4)}"
    address = world.client.service_client.config.target_host
    client = await Client.connect(address, data_converter=data_converter(UNKNOWN_KEY))
    payments = PaymentClient(client, answer_within=timedelta(seconds=8))
    with pytest.raises(PaymentUnavailable) as caught:
        await payments.authorize(await world.order(reference, card=None))
    error = caught.value
    assert (error.reason, error.is_started) == (UnavailableReason.WORKER_FAILS, True)
    assert not error.may_hold_money
    assert "HOLDFAST_CODEC_KEYS" in str(error)
    assert error.payment_reference == reference
    await world.handle(reference).terminate()
    assert world.calls(reference, "pay") == []
    assert world.ledger(reference) == {}
