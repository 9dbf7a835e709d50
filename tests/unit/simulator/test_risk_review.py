"""Risk reviews: an authorization stays under review until the gateway decides it."""

import pytest

from simulator.actors.dashboard import DashboardError
from simulator.faults import FaultError
from simulator.http.server import Simulator
from tests.support.eventually import eventually
from tests.support.simulator.merchant import Inbox, Merchant, code


async def test_authorization_without_a_risk_review_reports_none(merchant: Merchant, inbox: Inbox) -> None:
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(inbox.trusted))
    assert "authReviewStatus" not in inbox.trusted[0]
    assert "authReviewStatus" not in await merchant.inquire()


async def test_risk_review_is_reported_by_notification_and_inquiry_until_it_is_decided(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.inject_fault("riskReview", "processing")
    assert code(await merchant.pay(notify_url=inbox.url)) == "S SUCCESS"
    await eventually(lambda: bool(inbox.trusted))
    assert inbox.trusted[0]["authReviewStatus"] == "PROCESSING"
    assert (await merchant.inquire())["authReviewStatus"] == "PROCESSING"
    simulator.operate_dashboard("pay-1", "review", code="ACCEPT")
    assert (await merchant.inquire())["authReviewStatus"] == "ACCEPT"
    assert inbox.types() == ["PAYMENT_RESULT"], "the dashboard sends no notification"


@pytest.mark.parametrize("result", ["ACCEPT", "REJECT"])
async def test_decided_risk_review_is_notified_and_in_the_ledger(
    merchant: Merchant, simulator: Simulator, inbox: Inbox, result: str
) -> None:
    simulator.inject_fault("riskReview", "processing", code=result, seconds=3600)
    paid = await merchant.pay(notify_url=inbox.url)
    assert simulator.ledger()["payments"]["pay-1"]["authReviewStatus"] == "PROCESSING"
    simulator.advance(3601)
    await eventually(lambda: len(inbox.trusted) == 2)
    notification = inbox.trusted[1]
    assert (notification["notifyType"], notification["authReviewStatus"]) == ("RISK_POST_REVIEW", result)
    assert (notification["paymentRequestId"], notification["paymentId"]) == ("pay-1", paid["paymentId"])
    assert simulator.ledger()["payments"]["pay-1"]["authReviewStatus"] == result
    kinds = [event["kind"] for event in simulator.ledger()["events"]]
    assert kinds[-2:] == ["RISK_REVIEW_PROCESSING", f"RISK_REVIEW_{result}"]


def test_result_of_a_risk_review_is_one_of_the_gateways(simulator: Simulator) -> None:
    with pytest.raises(FaultError, match="code: ACCEPT, REJECT or none"):
        simulator.inject_fault("riskReview", "processing", code="PASS")


async def test_status_of_a_risk_review_is_one_of_the_gateways(
    merchant: Merchant, simulator: Simulator
) -> None:
    await merchant.pay()
    with pytest.raises(DashboardError, match="code: one of PROCESSING, ACCEPT, REJECT"):
        simulator.operate_dashboard("pay-1", "review", code="PASS")
