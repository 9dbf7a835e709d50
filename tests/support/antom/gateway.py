"""A stub gateway with its own keys, which signs its responses and records its requests."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from holdfast.antom.account import GatewayAccount
from holdfast.antom.models import PayRequest
from holdfast.antom.signing import sign

DATA = Path(__file__).parent / "data"
CLIENT_ID = "TEST_5X00000000000000"
PAYMENT_REQUEST_ID = "order-1-1"

Fields = dict[str, Any]
Reply = Callable[[httpx.Request], httpx.Response]


@cache
def rsa_key(name: str) -> RSAPrivateKey:
    """Returns the RSA key of this name, generated once per test run."""
    assert name
    return generate_private_key(public_exponent=65537, key_size=2048)


def private_base64(name: str, key_format: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return base64.b64encode(rsa_key(name).private_bytes(Encoding.DER, key_format, NoEncryption())).decode()


def private_pem(name: str, key_format: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return rsa_key(name).private_bytes(Encoding.PEM, key_format, NoEncryption()).decode()


def public_base64(name: str) -> str:
    der = rsa_key(name).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def public_pem(name: str) -> str:
    return rsa_key(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def account(
    client_id: str = CLIENT_ID,
    gateway_url: str = "https://gateway.example",
    public_keys: tuple[str, ...] | None = None,
) -> GatewayAccount:
    return GatewayAccount(
        gateway_url=gateway_url,
        client_id=client_id,
        merchant_private_key=private_base64("merchant"),
        gateway_public_keys=public_keys or (public_base64("gateway"),),
    )


def sample(name: str) -> Fields:
    """Returns one of the vendor's own samples."""
    content = json.loads((DATA / name).read_text())
    assert isinstance(content, dict)
    return content


def pay_request() -> PayRequest:
    fields = sample("pay-request.hosted-page.manual-capture.json")
    return PayRequest.model_validate(fields | {"paymentRequestId": PAYMENT_REQUEST_ID})


def result(status: str, code: str, **fields: object) -> Fields:
    """Returns the fields of a response with this result."""
    return {"result": {"resultCode": code, "resultStatus": status, "resultMessage": "text"}, **fields}


def signed_response(
    path: str,
    body: bytes,
    *,
    client_id: str = CLIENT_ID,
    key: str = "gateway",
    signed_path: str | None = None,
    time: str | None = None,
) -> httpx.Response:
    """Returns a signed response.

    `signed_path` is the path that the signature covers, if not `path`. `time` is the response-time, by
    default now, with microseconds, so that equal responses have different signatures.
    """
    time = time or datetime.now(UTC).isoformat(timespec="microseconds")
    signature = sign(
        method="POST",
        path=signed_path or path,
        client_id=client_id,
        time=time,
        body=body,
        private_key=rsa_key(key),
    )
    headers = {"client-id": client_id, "response-time": time, "signature": signature}
    return httpx.Response(200, headers=headers, content=body)


def respond_with(fields: Mapping[str, object]) -> Reply:
    """Returns a reply that responds to every request with these fields, signed."""
    body = json.dumps(fields).encode()
    return lambda request: signed_response(request.url.path, body)


class StubGateway(httpx.AsyncBaseTransport):
    """A transport that records every request and responds with `reply`."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        return self.reply(request)
