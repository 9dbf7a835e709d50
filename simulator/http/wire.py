"""The gateway's signed HTTP messages: verification of requests, signing of answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from holdfast.antom.signing import is_valid, sign
from simulator.clock import wall_clock
from simulator.http.body import Answer, Body, Refused, answer
from simulator.keys import Keys

# Antom documents no tolerance; 15 minutes reveal a wrong unit and a clock in another time zone
REQUEST_TIME_TOLERANCE = 15 * 60


@dataclass(frozen=True)
class RawRequest:
    """A request as received, with header names in lower case and the body as raw bytes."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class RawReply:
    """A reply; where `abort_after` is set, the connection is aborted after so many bytes of the content."""

    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    abort_after: int | None = None


def reject_unauthenticated(request: RawRequest, keys: Keys) -> Answer | None:
    """Returns the rejection of a request without the merchant's client id and signature, else None.

    Antom does not sign this answer.
    """
    client_id = request.headers.get("client-id", "")
    if client_id != keys.client_id:
        return answer("CLIENT_INVALID", "F", "The client is invalid.")
    signed = is_valid(
        request.headers.get("signature"),
        method=request.method,
        path=request.path,
        client_id=client_id,
        time=request.headers.get("request-time"),
        body=request.content,
        public_keys=keys.merchant_public_keys,
    )
    return None if signed else answer("SIGNATURE_INVALID", "F", "The signature is invalid.")


def read_body(request: RawRequest) -> Body:
    """Returns the JSON object of a verified request. Raises `Refused` where the gateway would reject it."""
    if request.method != "POST":
        raise Refused("METHOD_NOT_SUPPORTED", "The server does not implement the requested method.")
    if not _is_recent(request.headers.get("request-time", "")):
        raise Refused("PARAM_ILLEGAL", "Request-Time: epoch milliseconds or ISO-8601, about now")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused("MEDIA_TYPE_NOT_ACCEPTABLE", "Content-Type: application/json")
    try:
        data = json.loads(request.content)
        _check_characters(data, request.content)
    except (ValueError, RecursionError):
        raise Refused("PARAM_ILLEGAL", "The body is not JSON.") from None
    if not isinstance(data, dict):
        raise Refused("PARAM_ILLEGAL", "The body is not a JSON object.")
    return Body(data)


def _check_characters(data: object, content: bytes) -> None:
    """Raises UnicodeEncodeError where an escape in the JSON is half of a surrogate pair."""
    if b"\\ud" in content.lower():
        json.dumps(data, ensure_ascii=False).encode()


def _is_recent(time: str) -> bool:
    """Returns whether the time is about now; Antom's clients send epoch milliseconds or ISO-8601."""
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
    """Returns compact JSON in UTF-8."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def unsigned(content: bytes, status: int = 200) -> RawReply:
    """Returns a reply without the gateway's signature."""
    return RawReply(content, {"content-type": "application/json;charset=UTF-8"}, status)


def signed(content: bytes, path: str, keys: Keys, *, time: str, over: bytes | None = None) -> RawReply:
    """Returns a reply that is signed over the called path and the content, or the bytes `over` instead."""
    signature = sign(
        method="POST",
        path=path,
        client_id=keys.client_id,
        time=time,
        body=content if over is None else over,
        private_key=keys.gateway_private_key,
    )
    headers = {"client-id": keys.client_id, "response-time": time, "signature": signature}
    return RawReply(content, {"content-type": "application/json;charset=UTF-8", **headers})
