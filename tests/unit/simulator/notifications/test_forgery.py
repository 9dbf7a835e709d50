"""Each forged notification is wrong in the one way that its kind says."""

from datetime import UTC, datetime, timedelta

import pytest

from holdfast.antom.signing import is_valid
from simulator.http.server import Simulator
from simulator.keys import Keys
from simulator.notifications.forgery import OTHER_CLIENT_ID, Forgery, ForgeryKind
from tests.support.eventually import eventually
from tests.support.simulator.merchant import Inbox, Merchant, code
from tests.support.simulator.recorded import first_notification


@pytest.fixture
async def notification_id(merchant: Merchant, simulator: Simulator, inbox: Inbox) -> str:
    """The id of an acknowledged notification."""
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: simulator.notifications()[0]["state"] == "ACKNOWLEDGED")
    inbox.raw.clear()
    return str(simulator.notifications()[0]["id"])


def age(inbox: Inbox) -> timedelta:
    """Returns how long ago the time of the received notification is."""
    return datetime.now(UTC) - datetime.fromisoformat(inbox.raw[0][1]["request-time"])


async def test_changed_content_has_a_valid_signature(
    simulator: Simulator, inbox: Inbox, notification_id: str
) -> None:
    forged = Forgery(ForgeryKind.CHANGED_CONTENT, {"paymentId": "other"})
    await simulator.forge_notification(notification_id, forged)
    assert inbox.trusted[-1] == {**inbox.trusted[0], "paymentId": "other"}


@pytest.mark.parametrize("kind", [ForgeryKind.TAMPERED_CONTENT, ForgeryKind.WRONG_SIGNATURE])
async def test_changed_content_without_its_signature_has_the_opposite_result(
    simulator: Simulator, inbox: Inbox, notification_id: str, kind: ForgeryKind
) -> None:
    await simulator.forge_notification(notification_id, Forgery(kind))
    assert code(inbox.forged[0]) == "F PROCESS_FAIL"


async def test_signature_of_a_tampered_content_is_that_of_the_original(
    simulator: Simulator, inbox: Inbox, notification_id: str, keys: Keys
) -> None:
    original = first_notification(simulator)["attempts"][0]["exchange"]["requestBody"]
    await simulator.forge_notification(notification_id, Forgery(ForgeryKind.TAMPERED_CONTENT))
    path, headers, _ = inbox.raw[0]
    assert is_valid(
        headers["signature"],
        method="POST",
        path=path,
        client_id=headers["client-id"],
        time=headers["request-time"],
        body=original.encode(),
        public_keys=[keys.gateway_public_key],
    )


@pytest.mark.parametrize(("seconds", "expected"), [(0, timedelta(days=2)), (600, timedelta(minutes=10))])
async def test_old_time_has_a_valid_signature(
    simulator: Simulator, inbox: Inbox, notification_id: str, seconds: float, expected: timedelta
) -> None:
    await simulator.forge_notification(notification_id, Forgery(ForgeryKind.OLD_TIME, seconds=seconds))
    assert inbox.trusted[0] == inbox.trusted[1]
    assert expected <= age(inbox) < expected + timedelta(minutes=5)


async def test_other_client_id_has_a_valid_signature(
    simulator: Simulator, inbox: Inbox, notification_id: str
) -> None:
    await simulator.forge_notification(notification_id, Forgery(ForgeryKind.OTHER_CLIENT_ID))
    assert inbox.trusted[0] == inbox.trusted[1]
    assert inbox.raw[0][1]["client-id"] == OTHER_CLIENT_ID


async def test_acknowledged_forgery_does_not_acknowledge_the_notification(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.inject_fault("notification", "none")
    await merchant.pay(notify_url=inbox.url)
    notification_id = str(simulator.notifications()[0]["id"])
    await simulator.forge_notification(notification_id, Forgery(ForgeryKind.CHANGED_CONTENT))
    after = first_notification(simulator)
    [attempt] = after["attempts"]
    assert (attempt["forgery"], attempt["forged"], attempt["acknowledged"]) == ("changed_content", True, True)
    assert (after["acknowledged"], after["state"]) == (False, "NOT_SENT")


async def test_fault_forged_is_recorded_as_a_forgery(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.inject_fault("notification", "forged")
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(inbox.trusted))
    attempts = first_notification(simulator)["attempts"]
    assert [attempt["forgery"] for attempt in attempts] == ["wrong_signature", None]
