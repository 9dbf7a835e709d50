"""A merchant service sends so many commands that the server's limit of updates is in reach.

The server accepts a small number of updates here, and the shares of the kinds of updates are smaller, in the
proportion of the real ones.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from holdfast import Outcome, Payment, PaymentStatus, RateLimited, Resolution
from tests.support.eventually import eventually
from tests.support.time_skipping import time_skipping_server
from tests.support.world import World, running_world
from workflows.card_payment import update_budget
from workflows.card_payment.update_budget import UpdateKind

SERVER_LIMIT = 60
SHARES = {
    UpdateKind.READ: 6,
    UpdateKind.RECONCILIATION: 4,
    UpdateKind.REPEAT: 8,
    UpdateKind.COMMAND: 6,
    UpdateKind.CANCELLATION: 6,
    UpdateKind.REPEATED_CANCELLATION: 6,
    UpdateKind.RESOLUTION: 6,
}
ROUND = timedelta(seconds=21)
"""A little more than a capture request waits for its result."""
TOO_MANY = SERVER_LIMIT + 10


@pytest.fixture(autouse=True)
def small_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the shares of updates as small as the server's limit."""
    monkeypatch.setattr(update_budget, "SHARES", SHARES)


@pytest.fixture(scope="module")
async def limited(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A Holdfast whose Temporal server accepts few updates of one workflow."""
    settings = {"history.maxTotalUpdates": str(SERVER_LIMIT)}
    folder = tmp_path_factory.mktemp("limited")
    async with time_skipping_server(settings) as env, running_world(env, folder) as running:
        yield running


async def _many(call: Callable[[], Awaitable[Payment]]) -> list[Payment]:
    return [await call() for _ in range(TOO_MANY)]


async def test_cancel_after_too_many_reads_leaves_no_hold(limited: World) -> None:
    reference = limited.reference("many-reads")
    await limited.authorize(reference)
    answers = await _many(lambda: limited.payments.refresh(reference))
    assert {answer.status for answer in answers} == {PaymentStatus.AUTHORIZED}
    await limited.payments.cancel(reference, "out of stock")
    await limited.becomes(reference, PaymentStatus.CANCELLED)
    assert limited.ledger(reference)["liveAuthorizations"] == 0


async def test_cancel_after_too_many_failed_captures_leaves_no_hold(limited: World) -> None:
    """A merchant service that captures again after every failure uses up its share; the refusal names it."""
    reference = limited.reference("many-captures")
    await limited.authorize(reference)
    limited.fault(reference, "capture", "code_f", code="USER_BALANCE_NOT_ENOUGH", times=-1)
    with pytest.raises(RateLimited, match="capture and retry"):
        await _many(lambda: limited.payments.capture(reference))
    await limited.payments.cancel(reference, "not paid")
    await limited.becomes(reference, PaymentStatus.CANCELLED)
    assert limited.ledger(reference)["liveAuthorizations"] == 0


async def test_resolve_after_too_many_joined_captures_ends_the_review(limited: World) -> None:
    """A client asks for a capture without a result every 20 seconds, for hours."""
    reference = limited.reference("many-joined")
    await limited.authorize(reference)
    limited.fault(reference, "capture", "in_process", seconds=5 * 86_400)
    limited.fault(reference, "notification", "none", times=-1)
    capturing = asyncio.create_task(limited.payments.capture(reference))
    await eventually(lambda: bool(limited.calls(reference, "capture")))
    await limited.answer(reference, capturing, ROUND)
    await _many(lambda: limited.answer(reference, limited.payments.capture(reference), ROUND))
    await limited.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=timedelta(hours=5))
    finding = Resolution(
        outcome=Outcome.SUCCEEDED,
        resolvedBy="ops-7",
        reason="gateway's support",
        evidence="case 4711",
        captureRequestId=f"{reference}-c1",
        force=True,
    )
    assert (await limited.payments.resolve(reference, finding)).status is PaymentStatus.CAPTURED
    limited.simulator.advance(6 * 86_400)
    await eventually(lambda: limited.ledger(reference)["capturedAmount"] == 30000)
