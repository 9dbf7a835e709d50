"""The commands of `temporal workflow` on a payment move no money; what they leave behind can be repaired."""

import asyncio
import json

import pytest

from holdfast import Amount, Payment, PaymentNotFound, PaymentStopped, ReconciliationClient
from holdfast import PaymentStatus as S
from holdfast.difference_kind import DifferenceKind
from tests.support.crashes.payment_flows import with_retries
from tests.support.crashes.system import DECLINED, SystemUnderTest, order
from tests.support.eventually import eventually
from tests.support.operator_commands import reset_to_last_task, workflow
from tests.support.services.temporal_command import temporal_command


async def authorized(system: SystemUnderTest, name: str) -> str:
    """Returns the reference of a payment whose money is held."""
    reference = system.reference(name)
    await with_retries(lambda: _authorize(system, reference))
    return reference


async def _authorize(system: SystemUnderTest, reference: str) -> Payment:
    return await system.authorize(reference, await system.store_card())


async def differences(system: SystemUnderTest, reference: str) -> list[DifferenceKind]:
    """Returns the differences that a reconciliation of this payment reports."""
    reconciliations = ReconciliationClient(system.client)
    request = {"references": [reference], "readEvents": False, "inquiriesPerSecond": 50}
    report = await reconciliations.result(await reconciliations.start(request))
    return [each.difference.kind for each in report.differences]


async def test_reading_and_nonsense_change_nothing(system: SystemUnderTest) -> None:
    reference = await authorized(system, "reading")
    for command in ("describe", "show", "stack", "metadata", "query --name payment"):
        await workflow(system, reference, command)
    await workflow(system, reference, "signal", "--name", "notification", "--input", '{"a": 1}')
    await workflow(system, reference, "signal", "--name", "nonsense", "--input", '{"a": 1}')
    with pytest.raises(AssertionError, match="nonsense"):
        await workflow(system, reference, "update execute", "--name", "nonsense")
    assert (await system.payments.capture(reference)).status is S.CAPTURED
    await system.assert_captured_once(reference)


async def test_terminated_payment_holds_money_until_a_reset_and_a_cancellation(
    system: SystemUnderTest,
) -> None:
    reference = await authorized(system, "terminated")
    await workflow(system, reference, "terminate", "--reason", "a test")
    for call in (system.payments.capture(reference), system.payments.cancel(reference, "a test")):
        with pytest.raises(PaymentStopped):
            await call
    with pytest.raises(PaymentStopped):
        await _authorize(system, reference)
    assert await differences(system, reference) == [DifferenceKind.UNATTENDED]
    assert (await system.gateway.summary(reference)).held == 30000
    await reset_to_last_task(system, reference)
    cancelled = await with_retries(lambda: system.payments.cancel(reference, "not wanted any more"))
    assert cancelled.status is S.CANCELLED
    money = await system.gateway.summary(reference)
    assert (money.held, money.captured, money.pay_calls) == (0, 0, 1)


async def test_deleted_payment_is_found_by_its_reference(system: SystemUnderTest) -> None:
    reference = await authorized(system, "deleted")
    await workflow(system, reference, "delete", "--yes")

    async def is_deleted() -> bool:
        return not await system.history_length(reference)

    await eventually(is_deleted)
    with pytest.raises(PaymentNotFound):
        await system.payments.get(reference)
    assert await differences(system, reference) == [DifferenceKind.UNKNOWN_PAYMENT]
    assert (await system.gateway.summary(reference)).held == 30000


async def test_payment_reset_to_its_last_task_is_captured_once(system: SystemUnderTest) -> None:
    reference = await authorized(system, "reset")
    await reset_to_last_task(system, reference)
    assert (await with_retries(lambda: system.payments.capture(reference))).status is S.CAPTURED
    await system.assert_captured_once(reference)


async def test_reset_during_a_capture_takes_the_part_once(system: SystemUnderTest) -> None:
    """The capture is sent again under its own id, and a worker that replays the new run continues it."""
    reference = await authorized(system, "reset-capture")
    part, rest = (Amount(currency="EUR", value=value) for value in ("10000", "20000"))
    await system.gateway.inject_fault(reference, "capture", "act_and_delay", seconds=3)
    capturing = asyncio.create_task(
        with_retries(lambda: system.payments.capture(reference, part, is_last_capture=False, key="part"))
    )
    await system.gateway.wait_for_call(reference, "capture")
    await reset_to_last_task(system, reference)
    await system.worker.restart()
    assert (await capturing).captured_minor_units == 10000
    final = await with_retries(lambda: system.payments.capture(reference, rest, key="rest"))
    assert final.status is S.CAPTURED
    captures = (await system.gateway.order(reference)).captures
    assert [capture.status for capture in captures] == ["SUCCESS", "SUCCESS"]
    assert (await system.gateway.summary(reference)).captured == 30000


@pytest.mark.parametrize("forgotten", [(), ("--reapply-exclude", "All")], ids=["repeated", "forgotten"])
async def test_reset_to_an_earlier_point_is_undone_from_the_former_run(
    system: SystemUnderTest, forgotten: tuple[str, ...]
) -> None:
    """The retry is applied again in another order, or forgotten; the former run still has it."""
    reference = system.reference("reset-earlier")
    await system.authorize(reference, await system.store_card(DECLINED))
    method: dict[str, object] = {"paymentMethodType": "CARD", "cardReference": await system.store_card()}
    assert (await system.payments.retry(reference, method)).status is S.AUTHORIZED
    former = (await system.handle(reference).describe()).run_id
    await workflow(
        system, reference, "reset", "--type", "FirstWorkflowTask", "--reason", "a test", *forgotten
    )
    await reset_to_last_task(system, reference, "--run-id", former)
    await system.worker.restart()
    cancelled = await with_retries(lambda: system.payments.cancel(reference, "a test"))
    assert cancelled.status is S.CANCELLED
    money = await system.gateway.summary(reference)
    assert (money.attempts, money.held, money.voided) == (2, 0, 1)


async def test_batch_cancellation_releases_every_authorization(system: SystemUnderTest) -> None:
    references = [await authorized(system, "batch") for _ in range(2)]
    names = ", ".join(f'"{system.handle(reference).id}"' for reference in references)
    query = ("--query", f"WorkflowId IN ({names})")

    async def are_listed() -> bool:
        return "Total: 2" in await temporal_command(system.client, "workflow", "count", *query)

    await eventually(are_listed)
    await temporal_command(system.client, "workflow", "cancel", *query, "--reason", "a test", "--yes")
    for reference in references:
        await system.becomes(reference, S.CANCELLED)
        assert (await system.gateway.summary(reference)).held == 0


async def test_start_of_a_running_payment_joins_it_and_of_an_ended_one_is_refused(
    system: SystemUnderTest,
) -> None:
    reference = await authorized(system, "started")
    argument = json.dumps(order(reference, None))
    start = ("--type", "CardPayment", "--task-queue", "card-payments", "--input", argument)
    only_once = (*start, "--id-reuse-policy", "RejectDuplicate")
    first = (await system.handle(reference).describe()).run_id
    assert first in await workflow(system, reference, "start", *only_once)
    await system.payments.cancel(reference, "a test")
    await system.result(reference)
    await workflow(system, reference, "start", *only_once)
    assert (await system.handle(reference).describe()).run_id == first
    assert (await system.gateway.summary(reference)).pay_calls == 1
