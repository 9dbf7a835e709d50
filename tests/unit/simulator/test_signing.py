"""The verification of requests, the paths, and the signatures of answers (Antom: digital signature)."""

import asyncio
import json
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from holdfast.antom.endpoints import Operation, path_for
from simulator.http.server import Simulator, running
from simulator.keys import Keys
from tests.support.simulator.merchant import Merchant, card, code, pay_body

INQUIRY = b'{"paymentRequestId":"unknown"}'
PATH = path_for(Operation.INQUIRY_PAYMENT, "SANDBOX_any")


async def test_answer_is_signed_over_the_called_path(merchant: Merchant) -> None:
    answer = await merchant.send(Operation.PAY, pay_body(meta=card()))
    assert merchant.trusts(answer)
    assert datetime.fromisoformat(answer.headers["response-time"]).tzinfo is not None


async def test_request_with_a_wrong_signature_is_refused_unsigned_and_has_no_effect(
    merchant: Merchant, simulator: Simulator
) -> None:
    path = path_for(Operation.PAY, merchant.keys.client_id)
    headers = merchant.signed(path, b"{}")
    content = json.dumps(pay_body(meta=card())).encode()
    answer = await merchant.http.post(merchant.base_url + path, content=content, headers=headers)
    assert code(answer.json()) == "F SIGNATURE_INVALID"
    assert "signature" not in answer.headers
    assert simulator.ledger()["payments"] == {}
    assert simulator.calls()[0]["resultCode"] == "SIGNATURE_INVALID"


async def test_other_client_id_is_refused(merchant: Merchant) -> None:
    answer = await merchant.post(PATH, INQUIRY, client="SANDBOX_other")
    assert code(answer.json()) == "F CLIENT_INVALID"


@pytest.mark.parametrize("offset", [-3600, 3600])
async def test_request_time_far_from_now_is_refused(merchant: Merchant, offset: int) -> None:
    answer = await merchant.post(PATH, INQUIRY, now=str(int((time.time() + offset) * 1000)))
    assert code(answer.json()) == "F PARAM_ILLEGAL"
    assert merchant.trusts(answer)


@pytest.mark.parametrize("unreadable", ["", "yesterday", "2026-11-23T00:51:14", "9" * 400])
async def test_unreadable_request_time_is_refused(merchant: Merchant, unreadable: str) -> None:
    answer = await merchant.post(PATH, INQUIRY, now=unreadable)
    assert code(answer.json()) == "F PARAM_ILLEGAL"


async def test_request_time_is_accepted_in_both_formats(merchant: Merchant) -> None:
    for now in (str(int(time.time() * 1000)), datetime.now(UTC).isoformat(timespec="seconds")):
        answer = await merchant.post(PATH, INQUIRY, now=now)
        assert code(answer.json()) == "F ORDER_NOT_EXIST"


async def test_path_of_the_other_environment_is_refused(keys: Keys, merchant: Merchant) -> None:
    production = path_for(Operation.INQUIRY_PAYMENT, "live")
    assert code((await merchant.post(production, INQUIRY)).json()) == "F INVALID_API"
    live = Keys(
        "5Y_LIVE",
        keys.merchant_private_key,
        keys.merchant_public_key,
        keys.gateway_private_key,
        keys.gateway_public_key,
    )
    async with running(Simulator(live)) as base_url:
        at_live = Merchant(base_url, live, merchant.http)
        assert code((await at_live.post(production, INQUIRY)).json()) == "F ORDER_NOT_EXIST"
        assert code((await at_live.post(PATH, INQUIRY)).json()) == "F INVALID_API"


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"paymentRequestId":"\\uD800"}']
)
async def test_body_that_is_not_a_json_object_is_refused(merchant: Merchant, content: bytes) -> None:
    answer = await merchant.post(PATH, content)
    assert code(answer.json()) == "F PARAM_ILLEGAL"


async def test_body_above_one_mebibyte_is_refused(merchant: Merchant) -> None:
    answer = await merchant.post(PATH, b" " * (1024 * 1024 + 1))
    assert answer.status_code == 413


async def test_other_content_type_is_refused(merchant: Merchant) -> None:
    answer = await merchant.post(PATH, INQUIRY, **{"content-type": "text/plain"})
    assert code(answer.json()) == "F MEDIA_TYPE_NOT_ACCEPTABLE"


async def test_request_line_with_the_whole_url_is_accepted(merchant: Merchant) -> None:
    headers = merchant.signed(PATH, INQUIRY)
    lines = [f"POST https://open-sea-global.alipay.com{PATH} HTTP/1.1", "Host: any", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(INQUIRY)}", "", ""]
    url = urlsplit(merchant.base_url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write("\r\n".join(lines).encode() + INQUIRY)
    answer = await reader.read()
    writer.close()
    assert b"ORDER_NOT_EXIST" in answer
