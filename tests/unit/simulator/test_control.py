"""The control paths over HTTP, and the absence of card data in all of them and in the log."""

import logging

import pytest

from simulator.http.server import Simulator
from tests.support.eventually import eventually
from tests.support.simulator.merchant import DECLINED, VISA, Inbox, Merchant, card

READABLE = ("ledger", "calls", "notifications", "faults")


async def test_http_and_python_return_the_same_state(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay()
    await merchant.inquire()
    get, url = merchant.http.get, merchant.base_url
    assert (await get(f"{url}/ledger")).json() == simulator.ledger()
    assert (await get(f"{url}/calls")).json() == simulator.calls()
    assert (await get(f"{url}/notifications")).json() == simulator.notifications()
    assert (await get(f"{url}/healthz")).json() == {"status": "ok"}


async def test_call_is_recorded_with_ids_and_result(merchant: Merchant, simulator: Simulator) -> None:
    paid = (await merchant.pay())["paymentId"]
    await merchant.capture(paid)
    call = simulator.calls()[1]
    assert call["at"]
    assert (
        call.items()
        >= {
            "operation": "capture",
            "paymentRequestId": None,
            "paymentId": paid,
            "captureRequestId": "capture-1",
            "fault": None,
            "resultCode": "SUCCESS",
            "resultStatus": "S",
        }.items()
    )


async def test_faults_are_added_listed_and_removed_over_http(merchant: Merchant) -> None:
    url = f"{merchant.base_url}/faults"
    fault = {"on": "notification", "fault": "none", "times": 2, "match": "order-1"}
    assert (await merchant.http.post(url, json=fault)).status_code == 201
    (shown,) = (await merchant.http.get(url)).json()
    assert shown == {**fault, "skip": 0, "code": "", "seconds": 0.0, "used": 0, "id": shown["id"]}
    assert (await merchant.http.delete(url)).json() == []
    assert (await merchant.http.get(url)).json() == []


async def test_buyer_acts_over_http(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay(meta={})
    url = f"{merchant.base_url}/buyer/pay-1"
    for wrong in (b"", b"[]", b'{"action":"dance"}', b"{}"):
        assert (await merchant.http.post(url, content=wrong)).status_code == 400
    unknown = await merchant.http.post(f"{merchant.base_url}/buyer/unknown", json={"action": "pay"})
    assert unknown.status_code == 404
    answer = (await merchant.http.post(url, json={"action": "pay"})).json()
    assert (answer["inTime"], answer["status"], answer["heldAmount"]) == (True, "SUCCESS", 30000)
    assert (await merchant.http.post(url, json={"action": "fail"})).json()["inTime"] is False


async def test_clock_moves_forward_only(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay()
    url = f"{merchant.base_url}/clock"
    for wrong in ({}, {"advance": -1}, {"advance": "1"}, {"advance": True}, {"advance": 1e12}):
        assert (await merchant.http.post(url, json=wrong)).status_code == 400
    assert (await merchant.http.post(url, json={"advance": 8 * 24 * 3600})).status_code == 200
    await eventually(lambda: bool(simulator.ledger()["payments"]["pay-1"]["expired"]))


async def test_reset_removes_all_state_but_the_keys(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay()
    simulator.inject_fault("pay", "http_500")
    assert (await merchant.http.post(f"{merchant.base_url}/reset")).status_code == 200
    assert simulator.ledger() == {"payments": {}, "orders": {}, "events": []}
    assert (simulator.calls(), simulator.faults(), simulator.notifications()) == ([], [], [])
    assert (await merchant.pay())["result"]["resultStatus"] == "S"


async def test_card_data_is_in_no_interface_and_no_log(
    merchant: Merchant, simulator: Simulator, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for number, name in enumerate((VISA, DECLINED, "4111111111111112")):
        await merchant.pay(f"pay-{number}", meta=card(name, cvv="7391"), notify_url=inbox.url)
    url = (await merchant.pay("pay-9", meta={}, notify_url=inbox.url))["normalUrl"]
    form = {"action": "pay", "cardNo": VISA, "cvv": "7391", "expiryMonth": "12", "expiryYear": "39"}
    await merchant.http.post(url, data=form)
    simulator.inject_fault("pay", "garbage")
    await eventually(lambda: len(inbox.trusted) == 4)
    shown = [(await merchant.http.get(f"{merchant.base_url}/{name}")).text for name in READABLE]
    shown += [
        caplog.text,
        *(content.decode() for _, _, content in inbox.raw),
        repr(vars(simulator.lifecycle.store)),
    ]
    for secret in (VISA, DECLINED, "4111111111111112", "7391"):
        assert not any(secret in text for text in shown)
