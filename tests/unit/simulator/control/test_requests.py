"""Control requests over HTTP: their effect, and the message of an invalid one."""

import pytest

from simulator.http.server import Simulator
from tests.support.eventually import eventually
from tests.support.simulator.merchant import Inbox, Json, Merchant
from tests.support.simulator.recorded import first_notification


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/clock", {}, "advance: is required"),
        ("/clock", {"advance": -1}, "advance: must be at least 0"),
        ("/clock", {"advance": "1"}, "advance: must be a number"),
        ("/clock", {"advance": 1, "back": 1}, "back: is not a known field"),
        ("/clock", [], "the body: must be a JSON object"),
        ("/buyer/pay-1", {"action": "dance"}, "action: must be 'pay', 'fail', 'abandon' or 'pending'"),
        ("/buyer/pay-1", {"action": "fail", "code": 3}, "code: must be a string"),
        ("/keys", {"do": "lose"}, "do: must be 'register', 'remove', 'prepare' or 'switch'"),
        ("/keys", {"do": "remove"}, "merchantPublicKey: one of several that are registered"),
        ("/keys", {"do": "register", "merchantPublicKey": "x"}, "merchantPublicKey: "),
        ("/faults", {"on": "pay", "fault": "delay", "times": 1.5}, "times: must be a whole number"),
        ("/faults", {"on": "pay", "fault": "fly", "seconds": -1}, "seconds: must be at least 0"),
        ("/notifications/hold", {"paymentRequestId": "x" * 65}, "paymentRequestId: at most 64 characters"),
        ("/notifications/any/forge", {}, "kind: is required"),
        ("/notifications/any/forge", {"kind": "magic"}, "kind: must be 'changed_content', "),
        ("/notifications/any/forge", {"kind": "old_time", "changes": []}, "changes: must be an object"),
    ],
)
async def test_invalid_request_is_refused_with_field_and_rule(
    merchant: Merchant, path: str, body: object, message: str
) -> None:
    answer = await merchant.http.post(merchant.base_url + path, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(message)


async def test_body_that_is_not_json_is_refused(merchant: Merchant) -> None:
    answer = await merchant.http.post(f"{merchant.base_url}/clock", content=b"{")
    assert (answer.status_code, answer.json()) == (400, {"error": "the body: is not JSON"})


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/calls/other", None),
        ("GET", "/notifications/other", None),
        ("POST", "/notifications/other/send", None),
        ("POST", "/notifications/other/forge", {"kind": "old_time"}),
        ("DELETE", "/faults/other", None),
        ("POST", "/buyer/other", {"action": "pay"}),
        ("POST", "/dashboard/other", {"operation": "hold"}),
    ],
)
async def test_unknown_id_is_not_found(merchant: Merchant, method: str, path: str, body: Json | None) -> None:
    answer = await merchant.http.request(method, merchant.base_url + path, json=body)
    assert answer.status_code == 404
    assert answer.json()["error"].endswith(" other")


async def test_refused_requests_agree_with_the_document(merchant: Merchant) -> None:
    operation = (await merchant.http.get(f"{merchant.base_url}/openapi.json")).json()["paths"]["/clock"][
        "post"
    ]
    foreign = {"origin": "https://shop.example"}
    statuses = [
        (await merchant.http.post(f"{merchant.base_url}/clock", json={}, headers=headers)).status_code
        for headers in ({}, foreign)
    ]
    assert statuses == [400, 403]
    assert {str(status) for status in statuses} < set(operation["responses"])


async def test_one_fault_is_removed_by_its_id(merchant: Merchant, simulator: Simulator) -> None:
    for match in ("pay-1", "pay-2", "pay-3"):
        simulator.inject_fault("pay", "http_500", match=match)
    second = simulator.faults()[1]["id"]
    left = (await merchant.http.delete(f"{merchant.base_url}/faults/{second}")).json()
    assert [fault["match"] for fault in left] == ["pay-1", "pay-3"]
    assert left == simulator.faults()


async def test_call_that_waits_in_a_removed_fault_continues(merchant: Merchant, simulator: Simulator) -> None:
    simulator.inject_fault("pay", "delay", seconds=3600)
    before = await merchant.http.get(f"{merchant.base_url}/faults")
    async with merchant.http.stream("GET", f"{merchant.base_url}/healthz"):
        paying = merchant.pay()
        await merchant.http.delete(f"{merchant.base_url}/faults/{before.json()[0]['id']}")
        assert (await paying)["result"]["resultStatus"] == "S"


async def test_clock_shows_the_simulated_and_the_real_time(merchant: Merchant) -> None:
    url = f"{merchant.base_url}/clock"
    assert (await merchant.http.post(url, json={"advance": 3600})).json() == {"advanced": 3600}
    clock = (await merchant.http.get(url)).json()
    assert (clock["ahead"], clock["timeScale"]) == (3600, 10_000)
    assert clock["realTime"] < clock["now"]


async def test_notification_is_held_released_sent_and_forged_over_http(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    post, url = merchant.http.post, f"{merchant.base_url}/notifications"
    assert (await post(f"{url}/hold", json={})).json() == {"all": True, "exceptions": []}
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: first_notification(simulator)["state"] == "HELD")
    released = await post(f"{url}/release", json={"paymentRequestId": "pay-1"})
    assert released.json() == {"all": True, "exceptions": ["pay-1"]}
    assert (await merchant.http.get(f"{url}/holds")).json() == released.json()
    await eventually(lambda: first_notification(simulator)["state"] == "ACKNOWLEDGED")
    one = f"{url}/{first_notification(simulator)['id']}"
    assert (await post(f"{one}/send")).json() == (await merchant.http.get(one)).json()
    forged = (await post(f"{one}/forge", json={"kind": "wrong_signature", "changes": {"a": 1}})).json()
    assert [attempt["answer"] for attempt in forged["attempts"]] == [200, 200, 401]
    assert inbox.forged[0]["a"] == 1
