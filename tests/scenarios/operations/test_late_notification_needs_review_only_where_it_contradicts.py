"""A notification that arrives after the end of its payment is reviewed only where it says something else."""

import json
from datetime import timedelta
from typing import Any

import pytest

from holdfast import PaymentStatus
from holdfast.temporal.names import LATE_NOTIFICATION, workflow_id
from holdfast.temporal.search_attributes import NEEDS_REVIEW
from settlement.notification.late_notice import LateNotice
from tests.support.eventually import eventually
from tests.support.world import DECLINED_VISA, World


async def _kept(world: World, reference: str) -> list[tuple[str, LateNotice]]:
    """Returns the late notifications of a payment, each with the id of its workflow."""
    found = []
    async for execution in world.client.list_workflows(f"WorkflowType = '{LATE_NOTIFICATION}'"):
        handle = world.client.get_workflow_handle(execution.id, result_type=LateNotice)
        notice: LateNotice = await handle.result()
        if notice.paymentReference == reference:
            found.append((execution.id, notice))
    return found


async def _only_kept(world: World, reference: str) -> tuple[LateNotice, bool]:
    """Returns the only late notification of the payment, and whether it needs a review by Temporal's list."""

    async def is_kept() -> bool:
        return bool(await _kept(world, reference))

    async def is_listed_as_flagged() -> bool:
        listed = [item.workflow_id async for item in world.payments.needing_review(with_ended=True)]
        return (kept in listed) is is_flagged

    await eventually(is_kept)
    [(kept, notice)] = await _kept(world, reference)
    described = await world.client.get_workflow_handle(kept).describe()
    is_flagged = described.typed_search_attributes[NEEDS_REVIEW]
    # Temporal's list is behind by a moment
    await eventually(is_listed_as_flagged)
    return notice, is_flagged


async def _captured(world: World, story: str) -> str:
    """Returns a captured payment of which the gateway sends no notification by itself."""
    reference = world.reference(story)
    world.fault(reference, "notification", "none", times=-1)
    await world.authorize(reference)
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    await world.handle(reference).result()
    return reference


def _capture_result(world: World, reference: str, status: str = "S", **fields: object) -> bytes:
    payment = world.simulator.ledger()["payments"][f"{reference}-1"]
    code = "SUCCESS" if status == "S" else "PROCESS_FAIL"
    content: dict[str, Any] = {
        "notifyType": "CAPTURE_RESULT",
        "result": {"resultCode": code, "resultStatus": status, "resultMessage": code},
        "captureRequestId": f"{reference}-c1",
        "paymentId": payment["paymentId"],
        "captureAmount": {"currency": "EUR", "value": "30000"},
        **fields,
    }
    return json.dumps(content).encode()


async def test_notification_of_a_capture_that_was_answered_before_is_kept_without_a_review(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    reference = await _captured(world, "late-and-equal")
    with caplog.at_level("INFO", logger="holdfast.webhook"):
        assert await world.notify(reference, _capture_result(world, reference)) == 200
        notice, is_flagged = await _only_kept(world, reference)
    assert (notice.reason, notice.paymentStatus) == (
        "payment has ended with this result",
        PaymentStatus.CAPTURED,
    )
    assert is_flagged is False
    levels = [
        each.levelname for each in caplog.records if "payment has ended with this result" in each.message
    ]
    assert levels == ["INFO"]
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_capture_that_the_gateway_takes_back_after_the_end_needs_review(world: World) -> None:
    reference = await _captured(world, "late-reversal")
    world.simulator.operate_dashboard(f"{reference}-1", "take_back")
    assert world.ledger(reference)["capturedAmount"] == 0
    assert await world.notify(reference, _capture_result(world, reference, "F")) == 200
    notice, is_flagged = await _only_kept(world, reference)
    assert (notice.reason, notice.needsReview, is_flagged) == ("payment has ended", True, True)
    assert notice.paymentStatus is PaymentStatus.CAPTURED


@pytest.mark.parametrize(
    "different",
    [
        {"captureAmount": {"currency": "EUR", "value": "29999"}},
        {"captureAmount": {"currency": "USD", "value": "30000"}},
        {"paymentId": "202600000000000000"},
        {"captureRequestId": "DASHBOARD-1"},
    ],
    ids=["amount", "currency", "payment", "capture"],
)
async def test_late_capture_that_differs_needs_review(world: World, different: dict[str, Any]) -> None:
    reference = await _captured(world, "late-and-different")
    assert await world.notify(reference, _capture_result(world, reference, **different)) == 200
    notice, is_flagged = await _only_kept(world, reference)
    assert (notice.reason, notice.needsReview, is_flagged) == ("payment has ended", True, True)


@pytest.mark.parametrize("end", [PaymentStatus.CANCELLED, PaymentStatus.FAILED, PaymentStatus.EXPIRED])
async def test_success_of_a_payment_that_ended_unpaid_needs_review(world: World, end: PaymentStatus) -> None:
    """The gateway holds money for a payment that has ended: the ledger shows it."""
    reference = await _unpaid(world, end)
    await world.handle(reference).result()
    world.simulator.operate_dashboard(f"{reference}-1", "hold")
    await world.notify_success(reference)

    notice, is_flagged = await _only_kept(world, reference)
    assert (notice.reason, notice.paymentStatus, is_flagged) == ("payment has ended", end, True)
    assert world.ledger(reference)["liveAuthorizations"] == 1


async def _unpaid(world: World, end: PaymentStatus) -> str:
    reference = world.reference(f"late-success-{end.lower()}")
    world.fault(reference, "notification", "none", times=-1)
    match end:
        case PaymentStatus.CANCELLED:
            await world.authorize(reference)
            await world.payments.cancel(reference, "out of stock")
        case PaymentStatus.FAILED:
            await world.authorize(reference, card=DECLINED_VISA, attemptLimit=1)
        case _:
            await world.authorize(reference, card=None)
    await world.skip_until(reference, end, step=timedelta(minutes=10))
    return reference


async def test_late_notification_of_a_payment_that_does_not_exist_needs_review(world: World) -> None:
    reference = await _captured(world, "late-and-lost")
    unknown = f"{reference}-lost"
    assert await world.notify(unknown, _capture_result(world, reference)) == 200
    notice, is_flagged = await _only_kept(world, unknown)
    assert (notice.reason, notice.paymentStatus, is_flagged) == ("no such payment", None, True)
    assert not await world.has_begun(unknown), workflow_id(unknown)
