"""The vendor's own client as an independent check of the simulator's paths, fields and signatures.

It pins an old cryptography and shadows a module of the standard library, so it has an environment of its
own, `.venv-vendor`, which is created here where it is missing.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.http.server import Simulator
from simulator.keys import Keys
from tests.support.eventually import eventually
from tests.support.simulator.merchant import Inbox, Merchant, card, code, pay_body

ROOT = Path(__file__).parents[3]
ENVIRONMENT = ROOT / ".venv-vendor"
PYTHON = ENVIRONMENT / "bin" / "python"
DRIVER = ROOT / "tests" / "support" / "simulator" / "vendor_client.py"
IMPORTS = ["-c", "import com.alipay.ams.api.default_alipay_client, com.alipay.ams.api.tools.webhook_tool"]

# the environment is downloaded where it is missing
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="session")
def vendor_python() -> Path:
    """The Python with the vendor's client, which is installed from the locked requirements where missing."""
    if not PYTHON.exists() or subprocess.run([PYTHON, *IMPORTS], capture_output=True).returncode:
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        install = ["-m", "pip", "install", "--quiet", "--require-hashes"]
        subprocess.run([PYTHON, *install, "-r", ROOT / "requirements" / "vendor.txt"], check=True)
    return PYTHON


class Vendor:
    """Runs steps in the vendor's client, in a process of its own."""

    def __init__(self, python: Path, keys: Keys, port: int) -> None:
        self._python = python
        self._account = {
            "port": port,
            "clientId": keys.client_id,
            "merchantPrivateKey": keys.merchant_private_key,
            "gatewayPublicKey": keys.gateway_public_key,
        }

    async def run(self, *steps: dict[str, Any]) -> list[dict[str, Any]]:
        """Runs the steps, and returns the result of each."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(self._python, DRIVER, stdin=pipe, stdout=pipe)
        job = json.dumps({**self._account, "steps": steps}).encode()
        output, _ = await process.communicate(job)
        assert process.returncode == 0
        answers: list[dict[str, Any]] = json.loads(output)
        return answers

    async def call(self, operation: str, fields: dict[str, Any], *, typed: bool = True) -> dict[str, Any]:
        """Returns the answer to one call."""
        (answer,) = await self.run({"operation": operation, "fields": fields, "typed": typed})
        return answer


@pytest.fixture
def vendor(vendor_python: Path, simulator: Simulator) -> Vendor:
    """The vendor's client, configured for the simulator."""
    return Vendor(vendor_python, simulator.keys, int(simulator.base_url.rpartition(":")[2]))


async def test_vendor_client_pays_inquires_and_captures(vendor: Vendor, simulator: Simulator) -> None:
    paid = await vendor.call("pay", pay_body(meta=card()))
    assert (code(paid), paid["typedStatus"]) == ("S SUCCESS", "S")
    # the client cannot read "transactions": null, which Antom documents, into its own class
    inquired = await vendor.call("inquiryPayment", {"paymentRequestId": "pay-1"}, typed=False)
    assert inquired["paymentStatus"] == "SUCCESS"
    money = {"currency": "EUR", "value": "30000"}
    fields = {"captureRequestId": "capture-1", "paymentId": paid["paymentId"], "captureAmount": money}
    captured = await vendor.call("capture", fields)
    assert (code(captured), captured["captureAmount"]) == ("S SUCCESS", money)
    listed = await vendor.call("inquiryPayment", {"paymentId": paid["paymentId"]})
    assert (listed["typedStatus"], listed["transactions"][0]["transactionType"]) == ("S", "CAPTURE")
    assert simulator.ledger()["payments"]["pay-1"]["capturedAmount"] == 30000


async def test_vendor_client_is_redirected_and_cancels(vendor: Vendor, simulator: Simulator) -> None:
    paid = await vendor.call("pay", pay_body(meta={"is3DSAuthentication": True}))
    assert code(paid) == "U PAYMENT_IN_PROCESS"
    assert paid["redirectActionForm"]["redirectUrl"] == paid["normalUrl"]
    cancelled = await vendor.call("cancel", {"paymentRequestId": "pay-1"})
    assert (code(cancelled), cancelled["paymentId"]) == ("S SUCCESS", paid["paymentId"])
    assert simulator.ledger()["payments"]["pay-1"]["status"] == "CANCELLED"


async def test_vendor_client_reads_the_list_of_notifications(vendor: Vendor, simulator: Simulator) -> None:
    await vendor.call("pay", pay_body(meta=card(), notify_url="http://127.0.0.1:9/notify"))
    listed = await vendor.call("inquireNotificationList", {"notifyType": ["PAYMENT_RESULT"], "limit": 5})
    assert (code(listed), listed["typedStatus"], listed["hasMore"]) == ("S SUCCESS", "S", False)
    (event,) = listed["typedEvents"]
    assert event["paymentRequestId"] == "pay-1"
    assert event == simulator.notifications()[0]["body"]


@pytest.mark.parametrize("fault", ["bad_signature", "unsigned", "http_500"])
async def test_vendor_client_rejects_an_answer_without_a_valid_signature(
    vendor: Vendor, simulator: Simulator, fault: str
) -> None:
    simulator.inject_fault("pay", fault)
    assert await vendor.call("pay", pay_body(meta=card())) == {"error": "AlipayApiException"}


def webhook_step(notification: tuple[str, dict[str, str], bytes]) -> dict[str, Any]:
    """Returns the step that verifies a received notification with the vendor's webhook verifier."""
    path, headers, content = notification
    fields = {
        "path": path,
        "clientId": headers["client-id"],
        "time": headers["request-time"],
        "body": content.decode(),
        "signature": headers["signature"],
    }
    return {"operation": "webhook", "fields": fields}


async def test_vendor_verifier_accepts_a_notification_and_rejects_a_forged_one(
    vendor: Vendor, merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.inject_fault("notification", "forged")
    paid = await merchant.pay(notify_url=inbox.url)
    await merchant.capture(paid["paymentId"])
    await eventually(lambda: len(inbox.raw) == 3)
    assert (len(inbox.forged), inbox.types()) == (1, ["PAYMENT_RESULT", "CAPTURE_RESULT"])
    verdicts = await vendor.run(*map(webhook_step, inbox.raw))
    assert verdicts == [{"error": "VerificationError"}, {"accepted": True}, {"accepted": True}]
