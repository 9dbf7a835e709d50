"""The worker gets `kill -9` during a reconciliation, and another one continues from the same point."""

import asyncio

import pytest

from holdfast import ReconciliationClient
from tests.support.crashes.system import SystemUnderTest
from tests.support.eventually import eventually

PAYMENTS = 16


async def _captured(system: SystemUnderTest) -> str:
    reference = system.reference("reconciled")
    await system.authorize(reference, await system.store_card())
    await system.payments.capture(reference)
    return reference


async def _inquiries(system: SystemUnderTest, references: list[str]) -> list[int]:
    """Returns the number of inquiries about each payment."""
    return [len(await system.gateway.calls_of(reference, "inquiryPayment")) for reference in references]


@pytest.mark.timeout(180)
async def test_worker_killed_during_reconciliation_compares_each_payment_once(
    system: SystemUnderTest,
) -> None:
    references = [await _captured(system) for _ in range(PAYMENTS)]
    reconciliations = ReconciliationClient(system.client)
    run = await reconciliations.start({"references": references, "inquiriesPerSecond": 1})

    async def is_half_way() -> bool:
        return sum(await _inquiries(system, references)) >= PAYMENTS // 2

    await eventually(is_half_way, within=60)
    await system.worker.restart()
    report = await asyncio.wait_for(reconciliations.result(run), 120)
    assert (report.compared, report.agreed, report.differences) == (PAYMENTS, PAYMENTS, ())
    inquiries = await _inquiries(system, references)
    assert min(inquiries) == 1
    assert max(inquiries) <= 2
    assert sum(inquiries) < PAYMENTS + PAYMENTS // 2, "no inquiry of before the kill is repeated"
