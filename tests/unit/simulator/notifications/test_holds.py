"""Notifications that are held wait until they are released."""

import pytest

from simulator.http.server import Simulator
from simulator.notifications.holds import Holds
from tests.support.eventually import eventually
from tests.support.simulator.merchant import Inbox, Merchant, code


def states(simulator: Simulator) -> list[object]:
    """Returns the delivery states of all notifications."""
    return [notification["state"] for notification in simulator.notifications()]


async def test_held_notification_is_sent_after_its_release(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    assert simulator.hold_notifications() == {"all": True, "exceptions": []}
    await merchant.pay(notify_url=inbox.url, mode="AUTOMATIC")
    await eventually(lambda: states(simulator) == ["HELD", "PENDING"])
    simulator.advance(24 * 3600)
    await merchant.inquire()
    assert inbox.raw == []
    assert simulator.release_notifications() == {"all": False, "exceptions": []}
    await eventually(lambda: states(simulator) == ["ACKNOWLEDGED"] * 2)
    assert inbox.types() == ["PAYMENT_RESULT", "CAPTURE_RESULT"]


async def test_hold_of_one_payment_holds_no_other(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.hold_notifications("pay-1")
    await merchant.pay("pay-1", notify_url=inbox.url)
    await merchant.pay("pay-2", order="order-2", notify_url=inbox.url)
    await eventually(lambda: states(simulator) == ["HELD", "ACKNOWLEDGED"])
    simulator.release_notifications("pay-1")
    await eventually(lambda: states(simulator) == ["ACKNOWLEDGED"] * 2)


async def test_repetition_of_an_unacknowledged_notification_is_held_too(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    inbox.refusals = 100
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(inbox.trusted))
    simulator.hold_notifications("pay-1")
    await eventually(lambda: states(simulator) == ["HELD"])
    inbox.refusals = 0
    simulator.release_notifications("pay-1")
    await eventually(lambda: states(simulator) == ["ACKNOWLEDGED"])


async def test_held_notification_delays_no_answer_that_it_would_overtake(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.inject_fault("notification", "overtakes")
    simulator.hold_notifications()
    assert code(await merchant.pay(notify_url=inbox.url)) == "S SUCCESS"


async def test_reset_releases_everything(simulator: Simulator) -> None:
    simulator.hold_notifications()
    await simulator.reset()
    assert simulator.notification_holds() == {"all": False, "exceptions": []}


@pytest.mark.parametrize(
    ("steps", "held"),
    [
        ([("hold", "")], {"a", "b"}),
        ([("hold", "a")], {"a"}),
        ([("hold", ""), ("release", "a")], {"b"}),
        ([("hold", ""), ("release", "a"), ("hold", "a")], {"a", "b"}),
        ([("hold", "a"), ("hold", "b"), ("release", "a")], {"b"}),
        ([("hold", "a"), ("hold", "")], {"a", "b"}),
        ([("hold", "a"), ("release", "")], set()),
        ([("release", "a"), ("release", "a")], set()),
    ],
)
def test_last_word_about_a_payment_counts(steps: list[tuple[str, str]], held: set[str]) -> None:
    holds = Holds()
    for step, payment in steps:
        getattr(holds, step)(payment)
    assert {payment for payment in ("a", "b") if holds.is_held(payment)} == held
