"""The forms of the console: what they change, what they refuse, and where they lead."""

import httpx
import pytest

from simulator.http.server import Simulator
from tests.support.eventually import eventually
from tests.support.simulator.merchant import Inbox, Merchant

FAULT = {"on": "pay", "fault": "http_500", "times": "1", "skip": "0", "seconds": "0", "match": "", "code": ""}
OTHER_ORIGINS = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


async def post(
    merchant: Merchant, path: str, data: dict[str, str] | None = None, **headers: str
) -> httpx.Response:
    return await merchant.http.post(merchant.base_url + path, data=data, headers=headers)


async def test_form_leads_back_to_a_page_with_a_message(merchant: Merchant, simulator: Simulator) -> None:
    answer = await post(merchant, "/console/faults", FAULT)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/faults?done=fault-on")
    page = await merchant.http.get(merchant.base_url + answer.headers["location"])
    assert "The fault is on." in page.text
    assert [fault["fault"] for fault in simulator.faults()] == ["http_500"]


async def test_message_cannot_be_written_by_a_link(merchant: Merchant) -> None:
    page = await merchant.http.get(f"{merchant.base_url}/console/faults?done=Call+this+number")
    assert "Call this number" not in page.text


@pytest.mark.parametrize("headers", OTHER_ORIGINS, ids=lambda each: "-".join(each.values()))
async def test_page_of_another_origin_changes_nothing(
    merchant: Merchant, simulator: Simulator, headers: dict[str, str]
) -> None:
    for path, data in (("/console/faults", FAULT), ("/console/clock", {"amount": "1", "unit": "days"})):
        answer = await post(merchant, path, data, **headers)
        assert answer.status_code == 403
    for path, body in (("/faults", {"on": "pay", "fault": "http_500"}), ("/clock", {"advance": 60})):
        control = await merchant.http.post(merchant.base_url + path, json=body, headers=headers)
        assert control.status_code == 403
        assert "a page of another origin" in control.json()["error"]
    assert simulator.faults() == []
    assert simulator.lifecycle.clock.offset.total_seconds() == 0


async def test_site_whose_name_resolves_to_this_machine_changes_and_reads_nothing(
    merchant: Merchant, simulator: Simulator
) -> None:
    """With DNS rebinding, the Origin of a hostile page is the host of the request."""
    hostile = {"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}
    assert (await post(merchant, "/console/faults", FAULT, **hostile)).status_code == 403
    for path in ("/", "/calls", "/ledger", "/keys"):
        answer = await merchant.http.get(merchant.base_url + path, headers={"Host": "evil.example"})
        assert answer.status_code == 403
    assert simulator.faults() == []


async def test_form_of_the_console_itself_is_accepted(merchant: Merchant, simulator: Simulator) -> None:
    own = {"Origin": merchant.base_url, "Sec-Fetch-Site": "same-origin"}
    assert (await post(merchant, "/console/faults", FAULT, **own)).status_code == 303
    assert len(simulator.faults()) == 1


async def test_one_fault_is_removed_and_then_all(merchant: Merchant, simulator: Simulator) -> None:
    for name in ("http_500", "garbage", "unsigned"):
        simulator.inject_fault("pay", name)
    first = simulator.faults()[0]["id"]
    for _ in range(2):
        assert (await post(merchant, f"/console/faults/{first}/remove")).status_code == 303
    assert [fault["fault"] for fault in simulator.faults()] == ["garbage", "unsigned"]
    await post(merchant, "/console/faults/remove")
    assert simulator.faults() == []


async def test_wrong_fault_is_refused_with_what_was_typed(merchant: Merchant, simulator: Simulator) -> None:
    answer = await post(
        merchant, "/console/faults", {**FAULT, "times": "7", "seconds": "soon", "match": "<b>"}
    )
    assert answer.status_code == 400
    assert 'role="alert">seconds: a number<' in answer.text
    assert 'value="soon"' in answer.text
    assert "&lt;b&gt;" in answer.text
    assert '<option value="7" selected>7 times</option>' in answer.text
    assert simulator.faults() == []


@pytest.mark.parametrize(
    "data",
    [{}, {"amount": "-1", "unit": "days"}, {"amount": "x", "unit": "days"}, {"amount": "1", "unit": "years"}],
)
async def test_wrong_step_of_the_clock_is_refused(
    merchant: Merchant, simulator: Simulator, data: dict[str, str]
) -> None:
    answer = await post(merchant, "/console/clock", data)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert simulator.lifecycle.clock.offset.total_seconds() == 0


async def test_notifications_of_one_payment_are_held_and_released(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    back = "/console/payments/pay-1"
    held = await post(merchant, "/console/holds", {"do": "hold", "payment": "pay-1", "back": back})
    assert held.headers["location"] == f"{back}?done=held"
    await merchant.pay("pay-1", notify_url=inbox.url)
    await merchant.pay("pay-2", notify_url=inbox.url)
    await eventually(lambda: [each["paymentRequestId"] for each in inbox.trusted] == ["pay-2"])
    await post(merchant, "/console/holds", {"do": "release", "payment": "pay-1"})
    await eventually(lambda: len(inbox.trusted) == 2)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/console/../x", "/ledger"])
async def test_form_leads_to_no_other_server(merchant: Merchant, back: str) -> None:
    answer = await post(merchant, "/console/holds", {"do": "release", "back": back})
    assert answer.headers["location"].startswith("/console/")


@pytest.mark.parametrize("action", ["resend", "forge"])
async def test_unknown_notification_is_refused(merchant: Merchant, action: str) -> None:
    data = {"kind": "wrong_signature"}
    answer = await post(merchant, f"/console/notifications/unknown/{action}", data)
    assert answer.status_code == 400
    assert "There is no such notification." in answer.text


async def test_unknown_forgery_is_refused(merchant: Merchant) -> None:
    answer = await post(merchant, "/console/notifications/unknown/forge", {"kind": "other"})
    assert answer.status_code == 400
    assert "Choose what to forge." in answer.text
