"""A buyer enters the card on the gateway's page: Holdfast never receives it."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from holdfast import PaymentStatus
from tests.support.time_skipping import TimeSkipping
from tests.support.world import VISA, World, running_world
from tools.demo.buyer import follow_pages


@pytest.fixture
async def hosted(temporal: TimeSkipping, tmp_path: Path) -> AsyncIterator[World]:
    async with running_world(temporal, tmp_path, task_queue="hosted") as world:
        yield world


async def test_hosted_payment_leaves_no_card_in_history_log_or_vault(
    hosted: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reference, back = hosted.reference("hosted"), f"{hosted.webhook_url}/healthz"
    payment = await hosted.authorize(reference, card=None, paymentRedirectUrl=back)
    assert payment.nextAction is not None
    async with httpx.AsyncClient(trust_env=False) as browser:
        steps = await follow_pages(browser, payment.nextAction.normalUrl or "", hosted.webhook_url, VISA)
    assert "typed the card" in steps
    await hosted.becomes(reference, PaymentStatus.AUTHORIZED)
    await hosted.payments.capture(reference)
    assert (await hosted.handle(reference).result()).status is PaymentStatus.CAPTURED
    assert hosted.ledger(reference)["capturedAmount"] == 30000
    stored = await hosted.in_clear(await hosted.handle(reference).fetch_history())
    assert VISA[-4:].encode() in stored, "the masked number is stored"
    assert VISA.encode() not in stored
    assert VISA not in caplog.text
    assert vault_files(tmp_path) == []


def vault_files(folder: Path) -> list[Path]:
    """Returns the files of the card vault, which the first stored card creates."""
    return [*folder.glob("vault.db*")]
