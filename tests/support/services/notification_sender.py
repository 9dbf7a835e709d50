"""Sends notifications to the webhook as the gateway does: as signed POST requests."""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from holdfast.antom.signing import sign

NOTIFY_PATH = "/antom/notifications"
CLIENT_ID = "SANDBOX_5X00000000000001"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parents[1] / "antom" / "data"


@dataclass(frozen=True)
class KeyPair:
    private: RSAPrivateKey

    @property
    def private_text(self) -> str:
        der = self.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return base64.b64encode(der).decode()

    @property
    def public_text(self) -> str:
        key = self.private.public_key()
        return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def new_key_pair() -> KeyPair:
    return KeyPair(generate_private_key(public_exponent=65537, key_size=2048))


@dataclass(frozen=True)
class Sender:
    """Posts to the application under test, signed with the gateway's key by default."""

    http: httpx.AsyncClient
    key: KeyPair
    now: datetime

    async def post(
        self,
        body: bytes,
        reference: str | None = None,
        *,
        account: str = "default",
        client_id: str = CLIENT_ID,
    ) -> httpx.Response:
        path = notify_path(reference, account)
        return await self.http.post(path, content=body, headers=self.headers(path, body, client_id=client_id))

    def headers(
        self,
        path: str,
        body: bytes,
        *,
        client_id: str = CLIENT_ID,
        time: str | None = None,
        key: KeyPair | None = None,
    ) -> dict[str, str]:
        time = time or self.now.isoformat(timespec="seconds")
        private = (key or self.key).private
        signature = sign(
            method="POST", path=path, client_id=client_id, time=time, body=body, private_key=private
        )
        return {"client-id": client_id, "request-time": time, "signature": signature}


def notify_path(reference: str | None = None, account: str = "default") -> str:
    return f"{NOTIFY_PATH}/{account}" + (f"/{reference}" if reference else "")


def payment_result(payment_request_id: str, payment_id: str = "202611230000000001") -> bytes:
    sample = json.loads((SAMPLES / "notify-payment.3ds.json").read_text())
    sample |= {"paymentRequestId": payment_request_id, "paymentId": payment_id}
    return json.dumps(sample).encode()


def capture_result(capture_request_id: str, payment_id: str = "202611230000000001") -> bytes:
    content: Mapping[str, object] = {
        "notifyType": "CAPTURE_RESULT",
        "result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "success"},
        "captureRequestId": capture_request_id,
        "paymentId": payment_id,
        "captureId": "202611230000000099",
        "captureAmount": {"currency": "EUR", "value": "30000"},
    }
    return json.dumps(content).encode()


async def in_pieces(body: bytes, size: int = 8192) -> AsyncIterator[bytes]:
    """Yields the body in pieces, so that the request has no Content-Length."""
    for start in range(0, len(body), size):
        yield body[start : start + size]
