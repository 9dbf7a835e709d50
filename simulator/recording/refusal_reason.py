"""Why the client id or the signature of a call is refused, in words that help to find the mistake.

A signature that does not verify is compared with the strings of frequent mistakes: another path, another form
of the body, or the wrong one of the two private keys.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from holdfast.antom.signing import ALGORITHM, is_valid
from simulator.http.wire import RawRequest
from simulator.keys import Keys

SIGNATURE_BYTES = 256
"""The length of a signature by an RSA key of 2048 bits."""


@dataclass(frozen=True)
class _Mistake:
    """A string that a merchant may have signed in place of the right one."""

    text: str
    method: str
    path: str
    body: bytes


def refusal_reason(request: RawRequest, keys: Keys) -> str:
    """Returns why a call is refused that `reject_unauthenticated` has refused."""
    client_id = request.headers.get("client-id")
    if client_id is None:
        return "the header client-id is missing"
    if client_id != keys.client_id:
        return (
            f"the header client-id is {client_id[:64]!r}, and this gateway's client id is {keys.client_id!r}"
        )
    if "request-time" not in request.headers:
        return "the header request-time is missing"
    return _wrong_form(request.headers.get("signature")) or _mistake(request, keys)


def _wrong_form(header: str | None) -> str | None:
    """Returns what is wrong with the form of the Signature header; None where its form is right."""
    if header is None:
        return "the header signature is missing"
    parts = dict(part.strip().partition("=")[::2] for part in header.split(","))
    if not parts.get("signature"):
        return f"the header signature is not algorithm={ALGORITHM},keyVersion=1,signature=..."
    if parts.get("algorithm", ALGORITHM) != ALGORITHM:
        return f"the header signature has another algorithm than {ALGORITHM}"
    try:
        signature = base64.b64decode(unquote(parts["signature"]), validate=True)
    except (binascii.Error, ValueError):
        return "the signature is not standard base64, percent-encoded once"
    if len(signature) != SIGNATURE_BYTES:
        return (
            f"the signature has {len(signature)} bytes; one by an RSA key of 2048 bits has {SIGNATURE_BYTES}"
        )
    return None


def _mistake(request: RawRequest, keys: Keys) -> str:
    right = _Mistake("", request.method, request.path, request.content)
    if _verifies(request, right, [keys.gateway_public_key]):
        return "the signature is made with the gateway's private key; sign with the merchant's"
    for mistake in _mistakes(right, request.headers.get("host", "")):
        if mistake != replace(right, text=mistake.text) and _verifies(
            request, mistake, keys.merchant_public_keys
        ):
            return f"the signature is that of another string: {mistake.text}"
    return "the signature is not that of the string to verify by any public key of the merchant"


def _mistakes(right: _Mistake, host: str) -> Iterator[_Mistake]:
    sandbox, live = "/ams/sandbox/api/", "/ams/api/"
    other = right.path.replace(sandbox, live) if sandbox in right.path else right.path.replace(live, sandbox)
    yield replace(right, path=other, text=f"its path is {other}, and the called one is {right.path}")
    for url in (f"http://{host}{right.path}", f"https://{host}{right.path}"):
        yield replace(right, path=url, text="its path is the whole URL; it is the path alone")
    yield replace(right, method=right.method.lower(), text="its method is in lower case")
    yield replace(right, body=b"", text="it has no body")
    yield replace(right, body=right.body + b"\n", text="it has a line feed after the body")
    yield replace(
        right, body=right.body.strip(), text="its body has no white space around it, and the sent one has"
    )
    for separators in ((",", ":"), (", ", ": ")):
        for ascii_only in (False, True):
            body = _encoded_again(right.body, separators, ascii_only=ascii_only)
            yield replace(
                right,
                body=body,
                text="its body is the same JSON in other bytes; sign the bytes that are sent",
            )


def _encoded_again(body: bytes, separators: tuple[str, str], *, ascii_only: bool) -> bytes:
    try:
        return json.dumps(json.loads(body), separators=separators, ensure_ascii=ascii_only).encode()
    except (ValueError, RecursionError):
        return body


def _verifies(request: RawRequest, signed: _Mistake, public_keys: list[str]) -> bool:
    return is_valid(
        request.headers.get("signature"),
        method=signed.method,
        path=signed.path,
        client_id=request.headers.get("client-id"),
        time=request.headers.get("request-time"),
        body=signed.body,
        public_keys=public_keys,
    )
