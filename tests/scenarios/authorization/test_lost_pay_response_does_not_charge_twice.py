"""The gateway processes a pay call and its response is lost: a repeat under a new id would charge twice."""

from datetime import timedelta

import pytest

from activities.gateway.payments import GatewayActivities
from holdfast import PaymentClient, PaymentStatus
from holdfast.antom.client import AntomClient
from holdfast.payment_event import Event
from tests.support.world import DECLINED_VISA, NOTIFY_PATH, VISA, World, account_of
from worker import build_worker

LOST = ["act_and_drop", "act_and_500", "garbage", "truncated", "unsigned", "bad_signature", "act_and_code_u"]
NOT_DONE = ["drop_before", "http_500", "code_u"]


@pytest.mark.parametrize("fault", LOST + NOT_DONE)
async def test_pay_after_one_lost_response_is_repeated_with_the_same_id(world: World, fault: str) -> None:
    reference = world.reference(f"pay-{fault}")
    world.fault(reference, "pay", fault)
    payment = await world.authorize(reference)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert {call["paymentRequestId"] for call in world.calls(reference, "pay")} == {f"{reference}-1"}
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000


@pytest.mark.parametrize("fault", ["act_and_drop", "unsigned"])
async def test_pay_without_any_response_is_found_by_inquiry(world: World, fault: str) -> None:
    reference = world.reference(f"pay-always-{fault}")
    world.fault(reference, "pay", fault, times=-1)
    world.fault(reference, "notification", "none", times=-1)
    payment = await world.payments.authorize(await world.order(reference, card="4054695723100768"))
    assert payment.status is PaymentStatus.AUTHORIZED
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1
    assert len(world.calls(reference, "pay")) == 5


async def test_decline_of_a_repeated_pay_is_confirmed_by_inquiry(world: World) -> None:
    reference = world.reference("lost-decline")
    world.fault(reference, "pay", "act_and_drop")
    world.fault(reference, "notification", "none", times=-1)
    payment = await world.authorize(reference, card=DECLINED_VISA)
    assert payment.status is PaymentStatus.DECLINED
    assert len(world.calls(reference, "inquiryPayment")) == 1


async def test_failure_of_the_repeat_does_not_hide_the_success_of_the_first_send(world: World) -> None:
    reference = world.reference("f-on-repeat")
    world.fault(reference, "pay", "act_and_drop")
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "pay", "code_f", code="REPEAT_REQ_INCONSISTENT")
    payment = await world.authorize(reference)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert world.ledger(reference)["liveAuthorizations"] == 1


async def test_pay_that_never_arrived_is_cancelled_before_a_retry_is_possible(
    world: World,
) -> None:
    reference = world.reference("never-arrived")
    world.fault(reference, "pay", "drop_before", times=5)
    payment = await world.payments.authorize(await world.order(reference, card="4054695723100768"))
    assert payment.status is PaymentStatus.DECLINED
    assert payment.attempts[0].resultCode == "ORDER_NOT_EXIST"
    assert len(world.calls(reference, "inquiryPayment")) == 3
    assert len(world.calls(reference, "cancel")) == 1
    assert world.ledger(reference).get("maxLiveAuthorizations", 0) == 0


async def test_unresponsive_gateway_leads_to_a_review_and_not_a_failure(world: World) -> None:
    reference = world.reference("unresponsive-gateway")
    world.fault(reference, "any", "act_and_drop", times=-1)
    world.fault(reference, "notification", "none", times=-1)
    await world.payments.authorize(await world.order(reference, card="4054695723100768"))
    payment = await world.becomes(reference, PaymentStatus.NEEDS_REVIEW)
    assert payment.review is not None
    world.simulator.clear_faults()
    # time is skipped, possibly until the uncaptured authorization has expired
    found = await world.becomes(reference, PaymentStatus.AUTHORIZED, PaymentStatus.EXPIRED)
    assert Event.AUTHORIZED in [line.event for line in found.events]
    assert found.attempts[0].paymentRequestId == f"{reference}-1"
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1


async def test_outage_longer_than_the_deadline_is_decided_after_the_outage(world: World) -> None:
    """No call arrived: under review while the gateway is unavailable, failed afterwards."""
    reference = world.reference("outage-pay")
    world.fault(reference, "any", "drop_before", times=-1)
    await world.payments.authorize(await world.order(reference, card=VISA))
    await world.becomes(reference, PaymentStatus.NEEDS_REVIEW)
    world.simulator.clear_faults()
    payment = await world.skip_until(reference, PaymentStatus.FAILED, step=timedelta(minutes=10))
    assert payment.attempts[0].resultCode == "ORDER_NOT_EXIST"
    assert payment.review is not None


class _Accounts(dict[str, AntomClient]):
    """The accounts of two workers that alternate, of which the second one lacks the account."""

    lookups = 0

    def __getitem__(self, alias: str) -> AntomClient:
        self.lookups += 1
        if self.lookups == 2:
            raise KeyError(alias)
        return super().__getitem__(alias)


async def test_worker_without_the_account_does_not_report_an_unsent_pay(world: World) -> None:
    """Another worker has sent the call, and its response was lost."""
    reference = world.reference("account-missing-on-a-worker")
    world.fault(reference, "pay", "act_and_drop")
    world.fault(reference, "notification", "none", times=-1)
    payments = PaymentClient(world.client, answer_within=timedelta(seconds=60), task_queue=reference)
    async with AntomClient(account_of(world.simulator)) as gateway:
        accounts = _Accounts(default=gateway)
        calls = GatewayActivities(accounts, world.webhook_url + NOTIFY_PATH, world.vault).all()
        async with build_worker(world.client, calls, task_queue=reference, grace=timedelta(0)):
            with world.env.with_time_skipping_disabled():
                payment = await payments.authorize(await world.order(reference, card=VISA))
            await payments.cancel(reference, "end of the test")
    assert accounts.lookups > 2
    assert payment.status is PaymentStatus.AUTHORIZED
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1
    assert world.ledger(reference)["liveAuthorizations"] == 0
