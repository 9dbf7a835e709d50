"""A worker lacks an account or a vault key: the payment waits for it until the buyer's time has passed."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata

from holdfast import Payment, PaymentStatus
from holdfast.antom.client import AntomClient
from holdfast.card_vault import Keyring, SqliteCardVault
from settlement.evidence import PAY_CALL_NOT_SENT
from tests.support.eventually import eventually
from tests.support.scenarios.split_workers import SplitWorkers
from tests.support.scenarios.unusable_gateway import activities, unusable_at_first
from tests.support.world import VAULT_KEY, VISA, World, account_of, card_data

OTHER_KEY = "other:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
NO_VAULT, LACKS_KEY = "HOLDFAST_CARD_VAULT_KEYS is not set", "lacks the key of this card"
STEP = timedelta(seconds=42)


async def _has_called(world: World, reference: str) -> bool:
    """Returns whether the first activity has ended, with a failure or with an answer."""
    ends = {"ACTIVITY_TASK_FAILED", "ACTIVITY_TASK_COMPLETED"}
    return await world.has_begun(reference) and bool(ends.intersection(await world.events(reference)))


async def _shows(world: World, reference: str, text: str) -> bool:
    """Returns whether an operator reads the text in the payment's details."""
    metadata: WorkflowMetadata = await world.handle(reference).query("__temporal_workflow_metadata")
    return text in metadata.current_details


def _assert_expired(world: World, payment: Payment, reason: str) -> None:
    assert payment.status is PaymentStatus.EXPIRED, payment.events
    assert payment.attempts[0].resultCode == PAY_CALL_NOT_SENT
    assert reason in (payment.attempts[0].resultMessage or "")
    assert world.calls(payment.paymentReference, "pay") == []


async def test_payment_of_an_unknown_account_expires_at_its_deadline(
    world: World, split: SplitWorkers, caplog: pytest.LogCaptureFixture
) -> None:
    reference = world.reference("account-unknown")
    order = await world.order(reference, card=VISA, merchantAccount="unknown")
    with caplog.at_level(logging.WARNING, "temporalio.workflow"):
        async with split.workflows(), split.activities():
            paying = asyncio.create_task(split.payments.authorize(order))
            await eventually(lambda: _has_called(world, reference))
            await eventually(lambda: _shows(world, reference, "is not configured at this worker"))
            await world.answer(reference, paying, STEP)
            payment = await world.skip_until(reference, PaymentStatus.EXPIRED, step=STEP)
    _assert_expired(world, payment, "merchantAccount: is not configured")
    lines = [r for r in caplog.records if r.name == "temporalio.workflow" and reference in r.getMessage()]
    assert len(lines) == 1
    assert "merchantAccount: is not configured" in lines[0].getMessage()


async def test_account_that_is_configured_before_the_deadline_is_used(
    world: World, split: SplitWorkers
) -> None:
    reference = world.reference("account-configured-later")
    order = await world.order(reference, card=VISA)
    async with (
        unusable_at_first(world, 2) as configured_later,
        split.workflows(),
        split.activities(configured_later),
    ):
        payment = await split.payments.authorize(order)
        assert payment.status is PaymentStatus.AUTHORIZED
        assert (payment.review, len(world.calls(reference, "pay"))) == (None, 1)
        await world.payments.cancel(reference, "end of the test")


@pytest.mark.parametrize(("keys", "reason"), [(None, NO_VAULT), (OTHER_KEY, LACKS_KEY)])
async def test_payment_whose_card_the_worker_cannot_decrypt_expires_at_its_deadline(
    world: World, split: SplitWorkers, tmp_path: Path, keys: str | None, reason: str
) -> None:
    reference = world.reference(f"vault-keys-{'other' if keys else 'none'}")
    file = tmp_path / "vault.db"
    card = await SqliteCardVault(file, Keyring.parse(VAULT_KEY, "KEYS")).put(card_data(VISA))
    method = {"paymentMethodType": "CARD", "cardReference": card}
    order = await world.order(reference, paymentMethod=method)
    vault = SqliteCardVault(file, Keyring.parse(keys, "KEYS")) if keys else None
    async with (
        AntomClient(account_of(world.simulator)) as gateway,
        split.workflows(),
        split.activities(activities(world, {"default": gateway}, vault)),
    ):
        paying = asyncio.create_task(split.payments.authorize(order))
        await eventually(lambda: _has_called(world, reference))
        await world.answer(reference, paying, STEP)
        payment = await world.skip_until(reference, PaymentStatus.EXPIRED, step=STEP)
    _assert_expired(world, payment, reason)


async def test_cancelled_payment_of_an_unknown_account_is_not_sent(world: World, split: SplitWorkers) -> None:
    reference = world.reference("account-unknown-cancelled")
    order = await world.order(reference, card=VISA, merchantAccount="unknown")
    async with split.workflows(), split.activities():
        paying = asyncio.create_task(split.payments.authorize(order))
        await eventually(lambda: _has_called(world, reference))
        payment = await split.payments.cancel(reference, "the buyer has left")
        await paying
    assert (payment.status, payment.review) == (PaymentStatus.CANCELLED, None)
