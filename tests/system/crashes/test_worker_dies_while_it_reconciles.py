"""`kill -9` of the worker in the middle of a reconciliation: another one goes on from where it was."""

import asyncio

import pytest

from holdfast import ReconciliationClient
from tests.support.crashes.machine import Machine
from tests.support.eventually import eventually

PAYMENTS = 16


async def _captured(machine: Machine) -> str:
    reference = machine.reference("reconciled")
    await machine.authorize(reference, await machine.store_card())
    await machine.payments.capture(reference)
    return reference


async def _inquiries(machine: Machine, references: list[str]) -> list[int]:
    """How often the gateway was asked about each of them."""
    return [len(await machine.gateway.calls(reference, "inquiryPayment")) for reference in references]


@pytest.mark.timeout(180)
async def test_each_payment_is_compared_once_although_the_worker_is_killed(machine: Machine) -> None:
    references = [await _captured(machine) for _ in range(PAYMENTS)]
    reconciliations = ReconciliationClient(machine.client)
    run = await reconciliations.start({"references": references, "inquiriesPerSecond": 1})

    async def is_half_way() -> bool:
        return sum(await _inquiries(machine, references)) >= PAYMENTS // 2

    await eventually(is_half_way, within=60)
    await machine.worker.restart()
    report = await asyncio.wait_for(reconciliations.result(run), 120)
    assert (report.compared, report.agreed, report.differences) == (PAYMENTS, PAYMENTS, ())
    times = await _inquiries(machine, references)
    assert min(times) == 1
    assert max(times) <= 2
    assert sum(times) < PAYMENTS + PAYMENTS // 2, "what was told before the kill is not asked again"
