"""A notification is sent again on demand, and each send is recorded."""

from functools import partial

import pytest

from simulator.http.server import Simulator
from simulator.not_found import NotFound
from tests.support.eventually import eventually
from tests.support.simulator.merchant import Inbox, Merchant
from tests.support.simulator.recorded import first_notification as first


async def test_acknowledged_notification_is_sent_again(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: first(simulator)["state"] == "ACKNOWLEDGED")
    again = await simulator.send_notification(first(simulator)["id"])
    assert inbox.trusted[0] == inbox.trusted[1]
    assert again == first(simulator)
    assert [attempt["resent"] for attempt in first(simulator)["attempts"]] == [False, True]


@pytest.mark.parametrize("fault", ["none", "wrong_amount"])
async def test_resend_has_the_true_content_whatever_the_fault_was(
    merchant: Merchant, simulator: Simulator, inbox: Inbox, fault: str
) -> None:
    simulator.inject_fault("notification", fault)
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: first(simulator)["state"] in ("NOT_SENT", "ACKNOWLEDGED"))
    await simulator.send_notification(first(simulator)["id"])
    assert inbox.trusted[-1] == first(simulator)["body"]
    assert first(simulator)["state"] == "ACKNOWLEDGED"


async def test_acknowledged_resend_ends_the_schedule(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.hold_notifications()
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: first(simulator)["state"] == "HELD")
    await simulator.send_notification(first(simulator)["id"])
    simulator.release_notifications()
    await merchant.capture(str(simulator.ledger()["payments"]["pay-1"]["paymentId"]))
    await eventually(lambda: inbox.types() == ["PAYMENT_RESULT", "CAPTURE_RESULT"])
    assert (len(first(simulator)["attempts"]), first(simulator)["nextSendAt"]) == (1, None)


async def test_send_is_recorded_with_headers_bodies_and_string_to_verify(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: first(simulator)["state"] == "ACKNOWLEDGED")
    [attempt] = first(simulator)["attempts"]
    exchange = attempt["exchange"]
    path, headers, content = inbox.raw[0]
    assert exchange["requestBody"] == content.decode()
    assert exchange["requestHeaders"]["signature"] == headers["signature"]
    string = f"POST {path}\n{headers['client-id']}.{headers['request-time']}.{content.decode()}"
    assert exchange["stringToVerify"] == string
    assert (exchange["status"], "SUCCESS" in exchange["responseBody"]) == (200, True)
    assert (attempt["durationMs"] > 0, attempt["answer"], attempt["forgery"]) == (True, 200, None)


async def test_send_without_an_answer_is_recorded_with_its_error(
    merchant: Merchant, simulator: Simulator
) -> None:
    await merchant.pay(notify_url="http://127.0.0.1:9/unreachable")
    await eventually(lambda: bool(first(simulator)["attempts"]))
    await eventually(lambda: first(simulator)["attempts"][0]["answer"] is not None)
    exchange = first(simulator)["attempts"][0]["exchange"]
    assert (exchange["error"], exchange["status"], exchange["responseBody"]) == ("ConnectError", None, None)


def has_sent(inbox: Inbox, sends: int) -> bool:
    """Returns whether at least so many notifications have arrived."""
    return len(inbox.trusted) >= sends


async def test_notification_that_is_never_acknowledged_is_exhausted(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    inbox.refusals = 100
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(inbox.trusted))
    assert first(simulator)["state"] == "PENDING"
    for sends in range(2, 9):
        simulator.advance(24 * 3600)
        await eventually(partial(has_sent, inbox, sends))
    await eventually(lambda: first(simulator)["state"] == "EXHAUSTED")
    assert first(simulator)["nextSendAt"] is None


async def test_unknown_notification_is_not_found(simulator: Simulator) -> None:
    with pytest.raises(NotFound, match="no notification other"):
        await simulator.send_notification("other")
