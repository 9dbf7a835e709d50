"""The list of notifications, delivered or not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from holdfast.antom.endpoints import Operation
from simulator.http.server import Simulator
from tests.support.eventually import eventually
from tests.support.simulator.merchant import DECLINED, Inbox, Json, Merchant, card, code

UNREACHABLE = "http://127.0.0.1:9/notify"


async def listed(merchant: Merchant, **fields: Any) -> Json:
    return await merchant.ask(Operation.NOTIFICATION_LIST, fields)


def ids(page: Json) -> list[str]:
    return [event["notificationData"]["paymentRequestId"] for event in page["notifications"]]


async def test_delivered_and_undelivered_notifications_are_listed(merchant: Merchant, inbox: Inbox) -> None:
    await merchant.pay("pay-1", notify_url=inbox.url)
    await eventually(lambda: bool(inbox.trusted))
    await merchant.pay("pay-2", notify_url=UNREACHABLE, meta=card(DECLINED))
    page = await listed(merchant)
    assert ids(page) == ["pay-2", "pay-1"], "the newest first"
    assert {event["deliveryStatus"] for event in page["notifications"]} == {"DELIVERED", "PENDING"}
    assert page["notifications"][1]["notificationData"] == inbox.trusted[0]


async def test_lost_notification_is_listed(merchant: Merchant, simulator: Simulator) -> None:
    simulator.inject_fault("notification", "none", times=-1)
    await merchant.pay("pay-1", notify_url=UNREACHABLE)
    assert ids(await listed(merchant)) == ["pay-1"]


async def test_pages_follow_each_other(merchant: Merchant) -> None:
    for number in range(5):
        await merchant.pay(f"pay-{number}", notify_url=UNREACHABLE)
    first = await listed(merchant, limit=2)
    second = await listed(merchant, limit=2, startingAfter=first["nextStartingAfter"])
    last = await listed(merchant, limit=2, startingAfter=second["nextStartingAfter"])
    assert [*ids(first), *ids(second), *ids(last)] == [f"pay-{number}" for number in (4, 3, 2, 1, 0)]
    assert [page["hasMore"] for page in (first, second, last)] == [True, True, False]
    assert "nextStartingAfter" not in last


async def test_types_and_times_are_filtered(merchant: Merchant, simulator: Simulator) -> None:
    paid = await merchant.pay("pay-1", notify_url=UNREACHABLE)
    await merchant.capture(paid["paymentId"])
    of_type = await listed(merchant, notifyType=["CAPTURE_RESULT"])
    assert [event["notifyType"] for event in of_type["notifications"]] == ["CAPTURE_RESULT"]
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert (await listed(merchant, eventCreateTimeFrom=later))["notifications"] == []
    assert len((await listed(merchant, eventCreateTimeTo=later))["notifications"]) == 2
    simulator.advance(31 * 86_400)
    assert (await listed(merchant))["notifications"] == [], "kept for 30 days"


@pytest.mark.parametrize(
    "fields", [{"limit": 0}, {"limit": "2"}, {"startingAfter": "unknown"}, {"eventCreateTimeTo": "yesterday"}]
)
async def test_invalid_field_is_refused(merchant: Merchant, fields: Json) -> None:
    await merchant.pay("pay-1", notify_url=UNREACHABLE)
    assert code(await listed(merchant, **fields)) == "F PARAM_ILLEGAL"


async def test_fault_is_injected_into_the_list(merchant: Merchant, simulator: Simulator) -> None:
    simulator.inject_fault("inquireNotificationList", "code_f", code="ACCESS_DENIED")
    assert code(await listed(merchant)) == "F ACCESS_DENIED"
    assert simulator.calls()[-1]["operation"] == "inquireNotificationList"
