"""The client of the simulator's control interface selects and adds up what belongs to one payment."""

from collections.abc import AsyncIterator

import httpx
import pytest

from simulator.http.server import Simulator, running
from simulator.keys import Keys, new_pair
from tools.local_stack.ledger import OrderSummary
from tools.local_stack.ledger_client import LedgerClient

URL = "http://gateway.example"
ATTEMPT = {
    "status": "SUCCESS",
    "heldAmount": 100,
    "payCalls": 2,
    "captureCalls": 0,
    "cancelCalls": 1,
    "inquiries": 3,
}
PAGES: dict[str, object] = {
    "/ledger": {
        "payments": {
            "A-1": {"paymentRequestId": "A-1", "paymentId": "1", "orderId": "A", "voided": True, **ATTEMPT},
            "A-2": {"paymentRequestId": "A-2", "paymentId": "2", "orderId": "A", "voided": False, **ATTEMPT},
            "B-1": {"paymentRequestId": "B-1", "paymentId": "3", "orderId": "B", "voided": False, **ATTEMPT},
        },
        "orders": {
            "A": {"liveAuthorizations": 1, "maxLiveAuthorizations": 2, "capturedAmount": 50, "captures": []}
        },
        "events": [],
    },
    "/calls": [
        {"operation": operation, "paymentRequestId": request_id, "paymentId": payment_id, **result}
        for operation, request_id, payment_id in (
            ("pay", "A-1", None),
            ("pay", "B-1", None),
            ("capture", None, "2"),
            ("capture", None, "3"),
        )
        for result in [
            {"resultCode": "SIGNATURE_INVALID" if payment_id == "3" else None, "resultStatus": None}
        ]
    ],
    "/notifications": [
        {
            "notifyType": "PAYMENT_RESULT",
            "paymentRequestId": "A-2",
            "body": {"result": {"resultStatus": "S"}},
            "attempts": [
                {"at": "2026-01-02T03:04:05Z", "forged": True, "answer": 401, "acknowledged": False},
                {"at": "2026-01-02T03:04:06Z", "forged": False, "answer": 200, "acknowledged": True},
            ],
            "acknowledged": True,
        }
    ],
}


@pytest.fixture
async def client() -> AsyncIterator[LedgerClient]:
    """A client of a simulator that shows PAGES."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=PAGES[request.url.path]))
    async with httpx.AsyncClient(transport=transport) as http:
        yield LedgerClient(URL, http)


async def test_summary_adds_up_the_attempts_of_one_order(client: LedgerClient) -> None:
    assert await client.summary("A") == OrderSummary(
        attempts=2,
        live=1,
        most_live=2,
        held=200,
        captured=50,
        voided=1,
        pay_calls=4,
        cancel_calls=2,
        inquiries=6,
    )


async def test_summary_of_an_unknown_order_is_zero(client: LedgerClient) -> None:
    assert await client.summary("C") == OrderSummary()


async def test_calls_of_a_payment_are_found_by_both_of_its_ids(client: LedgerClient) -> None:
    assert [call.paymentRequestId for call in await client.calls_of("A", "pay")] == ["A-1"]
    assert [call.paymentId for call in await client.calls_of("A", "capture")] == ["2"]


async def test_rejected_signatures_are_counted(client: LedgerClient) -> None:
    assert await client.rejected_signatures() == 1


async def test_notification_has_the_time_of_its_genuine_acknowledged_delivery(client: LedgerClient) -> None:
    [notification] = await client.notifications_of("A")
    assert notification.acknowledged_delivery_at == notification.attempts[1].at
    assert notification.reports_success("A-2")
    assert not notification.reports_success("A-1")
    assert await client.notifications_of("B") == []
    await client.wait_for_delivery("A", is_answered=True)
    await client.wait_for_acknowledgement("A")


async def test_waits_return_once_the_calls_have_come(client: LedgerClient) -> None:
    await client.wait_for_call("A", "pay")


async def test_simulator_accepts_faults_and_key_changes_and_reports_unused_faults_as_none() -> None:
    public_key = new_pair()[1]
    async with running(Simulator(Keys.generate())) as url, httpx.AsyncClient(trust_env=False) as http:
        gateway = LedgerClient(url, http)
        await gateway.inject_fault("A", "pay", "delay", seconds=1.5)
        assert await gateway.clear_faults() == {}
        keys = await gateway.change_keys("register", public_key)
        assert public_key in keys.merchantPublicKeys
        assert keys == await gateway.keys()
        assert not await gateway.act_as_buyer("A-1", "pay")
        assert await gateway.attempts("A") == []
