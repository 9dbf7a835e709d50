"""The codec server decodes payloads for authenticated users, as the Temporal UI requests it."""

import base64
import json
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload

from holdfast.temporal.codec import codec_from
from services.codec_server.app import BODY_LIMIT, RESPONSE_LIMIT, create_app
from services.codec_server.settings import CodecSettings
from services.codec_server.tokens import SESSION
from tests.support.services.notification_sender import in_pieces

KEY = "k1:" + base64.b64encode(b"k" * 32).decode()
OTHER_KEY = "k2:" + base64.b64encode(b"o" * 32).decode()
TOKEN, OTHER_TOKEN = "ada-" + "a" * 32, "bob-" + "b" * 32
UI = "https://temporal.example.com"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECRET = b'{"buyerEmail": "ada@example.com"}'
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=SECRET)

Open = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def opened(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """Opens clients of a server with these settings. `now` is its clock, `peer` the address of the client."""
    clients: list[httpx.AsyncClient] = []

    def open_one(now: datetime = NOW, peer: str = "127.0.0.1", **changes: str | None) -> httpx.AsyncClient:
        settings = {
            "holdfast_codec_keys": KEY,
            "holdfast_codec_tokens": f"ada:{TOKEN}, bob:{OTHER_TOKEN}",
            "holdfast_codec_origins": f"{UI},http://127.0.0.1:8233",
        }
        app = create_app(CodecSettings.model_validate(settings | changes), lambda: now)
        transport = httpx.ASGITransport(app, client=(peer, 1))
        clients.append(httpx.AsyncClient(transport=transport, base_url="https://codec.example.com"))
        return clients[-1]

    yield open_one
    for client in clients:
        await client.aclose()


def as_json(*payloads: Payload) -> dict[str, Any]:
    """Returns the JSON form that the UI sends and expects."""
    return {
        "payloads": [
            {
                "metadata": {name: base64.b64encode(value).decode() for name, value in each.metadata.items()},
                "data": base64.b64encode(each.data).decode(),
            }
            for each in payloads
        ]
    }


async def encrypted(*payloads: Payload, keys: str = KEY) -> dict[str, Any]:
    return as_json(*await codec_from(keys).encode(payloads))


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "X-Namespace": "default"}


async def test_token_holder_can_decode_payloads(opened: Open, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    body = await encrypted(PLAIN, PLAIN)
    body["payloads"] += as_json(PLAIN)["payloads"]
    answer = await opened().post("/decode", json=body, headers=bearer())
    assert answer.status_code == 200
    assert answer.json() == as_json(PLAIN, PLAIN, PLAIN)
    assert answer.headers["cache-control"] == "no-store"
    assert "decoded 3 payloads for ada, namespace default" in caplog.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer é\udcff"},
        {"Authorization": TOKEN},
        {"Authorization": f"Bearer ada:{TOKEN}"},
        {"X-Forwarded-User": "ada"},
        {"Cookie": f"holdfast_codec={TOKEN}"},
        {"Cookie": "holdfast_codec=ada|99999999999|" + "0" * 64},
        {"Cookie": "holdfast_codec=ada|²|x"},
        {"Cookie": "holdfast_codec=ada"},
    ],
)
@pytest.mark.parametrize("path", ["/decode", "/encode"])
async def test_unauthenticated_request_is_rejected(
    opened: Open, caplog: pytest.LogCaptureFixture, path: str, headers: dict[str, str]
) -> None:
    sent = [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers.items()]
    answer = await opened().post(path, json=await encrypted(PLAIN), headers=sent)
    assert answer.status_code == 401
    assert SECRET.decode() not in answer.text
    assert TOKEN not in answer.text + caplog.text


async def test_encoded_payload_is_encrypted(opened: Open) -> None:
    answer = await opened().post("/encode", json=as_json(PLAIN), headers=bearer(OTHER_TOKEN))
    [payload] = answer.json()["payloads"]
    assert base64.b64decode(payload["metadata"]["encoding"]) == b"binary/encrypted"
    back = await opened().post("/decode", json=answer.json(), headers=bearer())
    assert back.json() == as_json(PLAIN)


async def test_cors_preflight_of_the_ui_is_accepted(opened: Open) -> None:
    """A preflight request has no credentials, and names the headers of the UI's request."""
    asked = {
        "Origin": UI,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,authorization-extras,content-type,x-namespace",
    }
    answer = await opened().options("/decode?preserveStorageRefs=true", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == UI
    assert answer.headers["access-control-allow-credentials"] == "true"
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert all(name in allowed for name in asked["Access-Control-Request-Headers"].split(","))
    for foreign in ("https://evil.example", "null", "http://temporal.example.com", f"{UI}:8443"):
        refused = await opened().options("/decode", headers=asked | {"Origin": foreign})
        assert refused.status_code == 400
        assert "access-control-allow-origin" not in refused.headers


async def test_request_from_another_origin_is_rejected_even_with_a_token(opened: Open) -> None:
    for foreign in ("https://evil.example", "null", ""):
        headers = bearer() | {"Origin": foreign}
        answer = await opened().post("/decode", json=await encrypted(PLAIN), headers=headers)
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


async def signed_in(client: httpx.AsyncClient, token: str = TOKEN) -> httpx.Response:
    return await client.post("/sign-in", data={"token": token})


async def test_signed_in_browser_can_decode_payloads(opened: Open) -> None:
    browser = opened()
    assert 'type="password"' in (await browser.get("/sign-in")).text
    answer = await signed_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "sign-in")
    cookie = answer.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Secure", "Max-Age=28800"))
    assert TOKEN not in cookie
    assert "<b>ada</b>" in (await browser.get("/sign-in")).text
    decoded = await browser.post("/decode", json=await encrypted(PLAIN), headers={"Origin": UI})
    assert decoded.json() == as_json(PLAIN)
    assert decoded.headers["access-control-allow-origin"] == UI
    await browser.post("/sign-out")
    assert (await browser.post("/decode", json=await encrypted(PLAIN))).status_code == 401


async def test_sign_in_page_shows_the_public_url_of_the_server(opened: Open) -> None:
    """A proxy that terminates TLS uses http to the server."""
    cookie = (await signed_in(opened())).cookies["holdfast_codec"]
    url, headers = "http://codec.example.com/sign-in", {"Cookie": f"holdfast_codec={cookie}"}
    assert "<code>https://codec.example.com</code>" in (await opened().get(url, headers=headers)).text


async def test_sign_in_with_wrong_token_is_rejected(opened: Open, caplog: pytest.LogCaptureFixture) -> None:
    for wrong in ("", "<b>", TOKEN + "x"):
        answer = await signed_in(opened(), wrong)
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        assert TOKEN not in answer.text + caplog.text
    assert (await opened().post("/sign-in", content=b"x" * 5000)).status_code == 413


async def test_sign_in_page_escapes_what_it_shows_and_allows_no_other_content(opened: Open) -> None:
    browser = opened(holdfast_codec_tokens=f"ada:{TOKEN}")
    await signed_in(browser)
    hostile = {"Host": 'x"><script>alert(1)</script>'}
    answer = await browser.get("/sign-in", headers=hostile)
    assert "<script>" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert (await opened().get("/sign-in")).headers["cache-control"] == "no-store"


async def test_sign_in_page_has_a_stylesheet_beside_it_with_dark_colours(opened: Open) -> None:
    browser = opened()
    assert 'href="sign-in.css"' in (await browser.get("/sign-in")).text
    sheet = await browser.get("/sign-in.css")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "prefers-color-scheme: dark" in sheet.text


async def test_session_ends_at_expiry_and_when_its_token_is_removed(opened: Open) -> None:
    cookie = (await signed_in(opened())).cookies["holdfast_codec"]
    for server, status in (
        (opened(now=NOW + SESSION - timedelta(minutes=1)), 200),
        (opened(now=NOW + SESSION + timedelta(minutes=1)), 401),
        (opened(holdfast_codec_tokens=f"ada:{OTHER_TOKEN}"), 401),
        (opened(holdfast_codec_tokens=f"bob:{TOKEN}"), 401),
        (opened(holdfast_codec_tokens=f"ada:{OTHER_TOKEN},ada:{TOKEN}"), 200),
    ):
        server.cookies.set("holdfast_codec", cookie)
        assert (await server.post("/decode", json=await encrypted(PLAIN))).status_code == status
    for changed in (cookie.replace("ada", "bob"), cookie.replace("|1", "|2"), cookie[:-1]):
        server = opened()
        server.cookies.set("holdfast_codec", changed)
        assert (await server.post("/decode", json=await encrypted(PLAIN))).status_code == 401


async def test_session_cookie_is_sent_over_http_on_loopback(opened: Open) -> None:
    answer = await signed_in(opened(holdfast_codec_origins="http://127.0.0.1:8233"))
    assert "Secure" not in answer.headers["set-cookie"]


@pytest.mark.parametrize("changes", [{"holdfast_codec_origins": None}])
async def test_sign_in_page_does_not_exist_without_an_origin(
    opened: Open, changes: dict[str, str | None]
) -> None:
    assert (await opened(**changes).get("/sign-in")).status_code == 404
    assert (await signed_in(opened(**changes))).status_code == 404


BEHIND_A_PROXY = {
    "holdfast_codec_tokens": None,
    "holdfast_codec_proxy_header": "X-Forwarded-User",
    "holdfast_codec_proxy_users": "ada@example.com, bob@example.com",
    "holdfast_codec_proxy_addresses": "10.0.0.0/24",
}


@pytest.mark.parametrize(
    ("peer", "users", "status"),
    [
        ("10.0.0.7", ["ada@example.com"], 200),
        ("10.0.0.7", ["bob@example.com"], 200),
        ("10.0.0.7", ["eve@example.com"], 401),
        ("10.0.0.7", ["ADA@example.com"], 401),
        ("10.0.0.7", [""], 401),
        ("10.0.0.7", [], 401),
        ("10.0.0.7", ["ada@example.com", "eve@example.com"], 401),
        ("10.0.0.7", ["ada@example.com, eve@example.com"], 401),
        ("10.0.1.7", ["ada@example.com"], 401),
        ("127.0.0.1", ["ada@example.com"], 401),
        ("::1", ["ada@example.com"], 401),
        ("unknown", ["ada@example.com"], 401),
    ],
)
async def test_proxy_user_is_accepted_from_the_proxy_only(
    opened: Open, caplog: pytest.LogCaptureFixture, peer: str, users: list[str], status: int
) -> None:
    caplog.set_level(logging.INFO)
    headers = [("X-Forwarded-User", user) for user in users] + [("X-Forwarded-For", "10.0.0.7")]
    server = opened(peer=peer, **BEHIND_A_PROXY)
    answer = await server.post("/decode", json=await encrypted(PLAIN), headers=headers)
    assert answer.status_code == status
    assert ("decoded 1 payloads for" in caplog.text) is (status == 200)


async def test_missing_codec_key_is_answered_422_with_its_name(opened: Open) -> None:
    body = await encrypted(PLAIN, keys=OTHER_KEY)
    answer = await opened().post("/decode", json=body, headers=bearer())
    assert answer.status_code == 422
    assert answer.text.startswith("HOLDFAST_CODEC_KEYS holds no key 'k2', which this payload needs: ")


async def test_old_codec_key_still_decodes(opened: Open) -> None:
    server = opened(holdfast_codec_keys=f"{OTHER_KEY},{KEY}")
    answer = await server.post("/decode", json=await encrypted(PLAIN), headers=bearer())
    assert answer.json() == as_json(PLAIN)


async def test_codec_body_above_the_limit_is_answered_413(opened: Open) -> None:
    body = b" " * (BODY_LIMIT + 1)
    for content in (body, in_pieces(body)):
        answer = await opened().post("/decode", content=content, headers=bearer())
        assert answer.status_code == 413


async def test_response_above_the_limit_is_answered_413(opened: Open) -> None:
    large = Payload(metadata={"encoding": b"json/plain"}, data=bytes(7 * 1024 * 1024))
    assert 5 * large.ByteSize() > RESPONSE_LIMIT
    body = await encrypted(*[large] * 5)
    assert len(json.dumps(body)) < BODY_LIMIT
    answer = await opened().post("/decode", json=body, headers=bearer())
    assert answer.status_code == 413


async def test_log_contains_no_payload_and_no_credentials(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = bearer() | {"X-Namespace": "a\tb ERROR forged"}
    await opened().post("/decode", json=await encrypted(PLAIN), headers=headers)
    await opened().post("/decode", content=SECRET, headers=headers)
    assert "namespace unknown" in caplog.text
    for secret in ("ada@example.com", "forged", TOKEN):
        assert secret not in caplog.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PAYLOADS = st.fixed_dictionaries(
    {"payloads": st.lists(st.fixed_dictionaries({"metadata": JSON, "data": JSON}))}
)
ENCRYPTED = base64.b64encode(b"binary/encrypted").decode()
SEALED = st.binary(max_size=60).map(
    lambda data: {
        "payloads": [{"metadata": {"encoding": ENCRYPTED}, "data": base64.b64encode(data).decode()}]
    }
)
BODIES = st.binary(max_size=60) | (JSON | PAYLOADS | SEALED).map(lambda value: json.dumps(value).encode())


@hypothesis_settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES | st.just(b"[" * 100_000) | st.just(b'{"payloads":' * 50_000))
async def test_any_body_is_answered_without_a_server_error(opened: Open, body: bytes) -> None:
    for path in ("/decode", "/encode"):
        answer = await opened().post(path, content=body, headers=bearer())
        assert answer.status_code in (200, 400, 422)
