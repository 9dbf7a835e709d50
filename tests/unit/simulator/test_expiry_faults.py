"""The faults of the authExpiryTime: what the merchant receives, and that the authorization stays as it is."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from simulator.faults import EXPIRY_FAULTS, FaultError
from simulator.http.server import Simulator
from tests.support.eventually import eventually
from tests.support.simulator.merchant import DECLINED, Inbox, Merchant, card

LIFETIME = timedelta(days=7)
HOUR = timedelta(hours=1)
LIFETIMES = [
    ("without_expiry", None),
    ("earlier_expiry", LIFETIME - HOUR),
    ("later_expiry", LIFETIME + HOUR),
    ("expiry_before_payment", -HOUR),
]


def lifetime(body: dict[str, Any]) -> timedelta | None:
    """Returns the time from the payment to the expiry in a body; None where the body has no expiry."""
    if "authExpiryTime" not in body:
        return None
    return datetime.fromisoformat(body["authExpiryTime"]) - datetime.fromisoformat(body["paymentTime"])


@pytest.mark.parametrize(("fault", "expected"), LIFETIMES)
async def test_answer_to_pay_has_the_expiry_of_the_fault(
    merchant: Merchant, simulator: Simulator, fault: str, expected: timedelta | None
) -> None:
    simulator.inject_fault("pay", fault, seconds=3600)
    assert lifetime(await merchant.pay()) == expected
    assert lifetime(await merchant.inquire()) == LIFETIME


@pytest.mark.parametrize(("fault", "expected"), LIFETIMES)
async def test_answer_to_an_inquiry_has_the_expiry_of_the_fault(
    merchant: Merchant, simulator: Simulator, fault: str, expected: timedelta | None
) -> None:
    simulator.inject_fault("inquiryPayment", fault, seconds=3600)
    assert lifetime(await merchant.pay()) == LIFETIME
    assert lifetime(await merchant.inquire()) == expected
    assert lifetime(await merchant.inquire()) == LIFETIME


@pytest.mark.parametrize(("fault", "expected"), LIFETIMES)
async def test_notification_has_the_expiry_of_the_fault(
    merchant: Merchant, simulator: Simulator, inbox: Inbox, fault: str, expected: timedelta | None
) -> None:
    simulator.inject_fault("notification", fault, seconds=3600)
    assert lifetime(await merchant.pay(notify_url=inbox.url)) == LIFETIME
    await eventually(lambda: bool(inbox.trusted))
    assert lifetime(inbox.trusted[0]) == expected


async def test_decline_without_an_expiry_stays_as_it_is(merchant: Merchant, simulator: Simulator) -> None:
    simulator.inject_fault("pay", "later_expiry", seconds=3600)
    declined = await merchant.pay(meta=card(DECLINED))
    assert declined == await merchant.pay(meta=card(DECLINED))


async def test_authorization_ends_at_its_own_expiry(merchant: Merchant, simulator: Simulator) -> None:
    simulator.inject_fault("pay", "later_expiry", seconds=3600)
    await merchant.pay()
    simulator.advance(LIFETIME.total_seconds() + 1)
    assert (await merchant.inquire())["paymentStatus"] == "CANCELLED"


@pytest.mark.parametrize("call", ["capture", "cancel", "any", "inquireNotificationList", "automaticCapture"])
@pytest.mark.parametrize("fault", sorted(EXPIRY_FAULTS["pay"]))
def test_expiry_fault_is_refused_for_answers_without_an_expiry(
    simulator: Simulator, call: str, fault: str
) -> None:
    with pytest.raises(FaultError, match="fault: on"):
        simulator.inject_fault(call, fault)
