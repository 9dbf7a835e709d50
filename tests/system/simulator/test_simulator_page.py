"""The commands of docs/simulator.md, run in one shell as they stand in the page."""

import json
import re
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from simulator.__main__ import parser
from simulator.faults import FaultRequest
from simulator.notifications.forgery import ForgeryKind

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "simulator.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
ADDRESS = "127.0.0.1:8090"
MARKER = "----- next block -----"
Outputs = Sequence[tuple[str, str]]


def free_address() -> str:
    """Returns an address that is free now: that of the page can be in use on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """The blocks of commands, and what each wrote."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in (".venv", "holdfast", "simulator"):
        (checkout / name).symlink_to(ROOT / name)
    commands = [f"set -eu\ntrap 'kill $!' EXIT\n{BLOCKS[0]}", *BLOCKS[1:]]
    script = f"\necho '{MARKER}'\n".join(commands).replace(ADDRESS, free_address())
    done = subprocess.run(["sh", "-c", script], cwd=checkout, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    return list(zip(BLOCKS, done.stdout.split(f"{MARKER}\n"), strict=True))


def output(outputs: Outputs, command: str) -> str:
    """Returns what the one block wrote that contains this text."""
    [written] = [text for block, text in outputs if command in block]
    return written


def answers(text: str) -> list[dict[str, Any]]:
    """Returns the JSON objects in a text that follow one another."""
    decoder, found, rest = json.JSONDecoder(), [], text.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        found.append(value)
        rest = rest[end:].strip()
    return found


def test_signed_pay_call_succeeds(outputs: Outputs) -> None:
    [answer] = answers(output(outputs, "--dump-header"))
    assert answer["result"]["resultCode"] == "SUCCESS"
    assert answer["paymentRequestId"] == "pay-1"


def test_signature_of_the_answer_is_verified(outputs: Outputs) -> None:
    assert output(outputs, "openssl dgst -sha256 -verify") == "Verified OK\n"


def test_function_signs_an_inquiry(outputs: Outputs) -> None:
    [answer] = answers(output(outputs, "call() {"))
    assert answer["paymentStatus"] == "SUCCESS"


def test_refused_call_is_shown_with_reason_and_string(outputs: Outputs) -> None:
    refused, call = answers(output(outputs, "/calls/$CALL"))
    assert refused["result"]["resultCode"] == "SIGNATURE_INVALID"
    assert call["refusal"].startswith("the signature is not that of the string to verify")
    assert call["exchange"]["stringToVerify"].endswith('.{"paymentRequestId":"other"}')


def test_buyer_pays_without_a_browser(outputs: Outputs) -> None:
    redirect, paid = answers(output(outputs, "/buyer/pay-2"))
    assert redirect["result"]["resultCode"] == "PAYMENT_IN_PROCESS"
    assert (paid["inTime"], paid["heldAmount"]) == (True, 1250)


def test_notification_is_sent_again_held_released_and_forged(outputs: Outputs) -> None:
    [shown] = answers(output(outputs, "NOTIFICATION=$(curl"))
    assert shown["notifyType"] == "PAYMENT_RESULT"
    again, held, released, forged = answers(output(outputs, "/forge"))
    assert again["attempts"][-1]["resent"]
    assert (held["exceptions"], released["exceptions"]) == (["pay-3"], [])
    assert forged["attempts"][-1]["forgery"] == "tampered_content"


def test_lost_capture_is_repeated_and_its_fault_removed(outputs: Outputs) -> None:
    text = output(outputs, "act_and_drop")
    assert "the answer was lost" in text
    assert '"captureRequestId":"capture-1"' in text
    assert output(outputs, "--request DELETE") == "[]"


def test_clock_expires_an_authorization_and_the_ledger_is_right(outputs: Outputs) -> None:
    _, advanced, ledger = answers(output(outputs, '"advance"'))
    assert advanced == {"advanced": 691200}
    captured, expired = ledger["payments"]["pay-1"], ledger["payments"]["pay-2"]
    assert (captured["capturedAmount"], captured["captureCalls"]) == (1250, 2)
    assert (expired["expired"], expired["heldAmount"]) == (True, 0)


def test_dashboard_takes_a_capture_back(outputs: Outputs) -> None:
    payment, keys = answers(output(outputs, "take_back"))
    assert (payment["capturedAmount"], payment["captures"][0]["code"]) == (0, "PROCESS_FAIL")
    assert keys["clientId"].startswith("SANDBOX_")


def test_openapi_document_is_downloaded_and_the_state_removed(outputs: Outputs) -> None:
    assert output(outputs, "openapi.json") == '{"status":"ok"}'


def test_page_explains_each_option_and_no_other() -> None:
    explained = re.findall(r"^\| `(--[\w-]+)", PAGE, flags=re.MULTILINE)
    options = set(re.findall(r"--[\w-]+", parser().format_help()))
    assert set(explained) == options - {"--help"}


def test_page_explains_each_field_of_a_fault_and_each_forgery() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)
    assert {*FaultRequest.model_fields, *ForgeryKind} <= set(explained)
