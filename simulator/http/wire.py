"""The signed HTTP of the gateway: what a request must carry, and how an answer leaves."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from holdfast.antom.signing import is_valid, sign
from simulator.clock import iso, wall_clock
from simulator.http.body import Answer, Body, Refused, answer
from simulator.keys import Keys

# Antom documents no tolerance; a quarter of an hour catches a wrong unit and a clock in another zone
REQUEST_TIME_TOLERANCE = 15 * 60


@dataclass(frozen=True)
class Received:
    """One request as it arrived; header names in lower case, the body as raw bytes."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Reply:
    """What is sent back; `cut_after` bytes of the content, if set, the connection is cut."""

    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    cut_after: int | None = None


def stranger(received: Received, keys: Keys) -> Answer | None:
    """The refusal of a request that is not the merchant's; Antom leaves it unsigned. None: it is theirs."""
    client_id = received.headers.get("client-id", "")
    if client_id != keys.client_id:
        return answer("CLIENT_INVALID", "F", "The client is invalid.")
    signed = is_valid(
        received.headers.get("signature"),
        method=received.method,
        path=received.path,
        client_id=client_id,
        time=received.headers.get("request-time"),
        body=received.content,
        public_keys=keys.merchant_public_keys,
    )
    return None if signed else answer("SIGNATURE_INVALID", "F", "The signature is invalid.")


def body_of(received: Received) -> Body:
    """The JSON object of a verified request; raises `Refused` for what the gateway would not read."""
    if received.method != "POST":
        raise Refused("METHOD_NOT_SUPPORTED", "The server does not implement the requested method.")
    if not _is_recent(received.headers.get("request-time", "")):
        raise Refused("PARAM_ILLEGAL", "Request-Time: epoch milliseconds or ISO-8601, about now")
    if received.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused("MEDIA_TYPE_NOT_ACCEPTABLE", "Content-Type: application/json")
    try:
        data = json.loads(received.content)
    except (ValueError, RecursionError):
        raise Refused("PARAM_ILLEGAL", "The body is not JSON.") from None
    if not isinstance(data, dict):
        raise Refused("PARAM_ILLEGAL", "The body is not a JSON object.")
    return Body(data)


def _is_recent(time: str) -> bool:
    """Antom's own clients send either epoch milliseconds or ISO-8601 with an offset."""
    try:
        epoch = int(time) / 1000 if time.isascii() and time.isdigit() else _epoch_of(time)
    except (ValueError, OverflowError):
        return False
    return abs(wall_clock().timestamp() - epoch) <= REQUEST_TIME_TOLERANCE


def _epoch_of(time: str) -> float:
    moment = datetime.fromisoformat(time)
    if moment.tzinfo is None:
        raise ValueError("without an offset")
    return moment.timestamp()


def encoded(body: Answer) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def unsigned(content: bytes, status: int = 200) -> Reply:
    """An answer without the gateway's signature."""
    return Reply(content, {"content-type": "application/json;charset=UTF-8"}, status)


def signed(content: bytes, path: str, keys: Keys, over: bytes | None = None) -> Reply:
    """An answer signed over the called path; `over` signs other bytes than those that are sent."""
    time = iso(wall_clock())
    signature = sign(
        method="POST",
        path=path,
        client_id=keys.client_id,
        time=time,
        body=content if over is None else over,
        private_key=keys.gateway_private_key,
    )
    headers = {"client-id": keys.client_id, "response-time": time, "signature": signature}
    return Reply(content, {"content-type": "application/json;charset=UTF-8", **headers})
