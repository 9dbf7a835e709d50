"""The gateway's signature: RSA PKCS#1 v1.5 with SHA-256 over method, path, client id, time and raw body.

    POST /ams/api/v1/payments/pay
    {client-id}.{time}.{body}

The content has one line feed, and none at its end. The path has no host and is the sandbox path in the
sandbox; the body is exactly the transmitted bytes. The signature is standard base64, percent-encoded, in a
header of three parts (Antom: digital signature). Requests, responses (over the path that was called) and
notifications (over the path of the notify URL) are signed in the same way.
"""

import base64
import binascii
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import quote, unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from holdfast.antom import keys
from holdfast.antom.errors import KeyFormatError

ALGORITHM = "RSA256"
KEY_VERSION = "1"
_MAX_HEADER_LENGTH = 8192
_INVALID_SIGNATURE = bytes(256)
"""A signature that no key makes: a malformed header takes as long to reject as a wrong signature."""


def sign(
    *, method: str, path: str, client_id: str, time: str, body: bytes, private_key: str | RSAPrivateKey
) -> str:
    """Returns the value of the Signature header.

    Raises:
        KeyFormatError: `private_key` is a text that is not an RSA private key as base64 or PEM.
    """
    key = keys.load_private_key(private_key) if isinstance(private_key, str) else private_key
    signature = key.sign(_content(method, path, client_id, time, body), PKCS1v15(), SHA256())
    encoded = quote(base64.b64encode(signature).decode("ascii"), safe="")
    return f"algorithm={ALGORITHM},keyVersion={KEY_VERSION},signature={encoded}"


def is_valid(
    signature_header: str | None,
    *,
    method: str | None,
    path: str | None,
    client_id: str | None,
    time: str | None,
    body: bytes | None,
    public_keys: Sequence[str],
) -> bool:
    """Returns whether any of `public_keys` signed this content.

    The function returns False for hostile input of any kind and never raises. A text in `public_keys` that is
    not a key counts as a key that does not match: check keys where they are configured, with
    `holdfast.antom.keys.load_public_key`.
    """
    signature = _parse_header(signature_header) or _INVALID_SIGNATURE
    if not _are_strings(method, path, client_id, time) or not isinstance(body, bytes):
        return False
    try:
        digest = content_digest(
            method=str(method), path=str(path), client_id=str(client_id), time=str(time), body=body
        )
    except UnicodeEncodeError:
        return False
    if not isinstance(public_keys, Sequence):
        return False
    return any(_verifies(digest, signature, key) for key in public_keys)


def content_digest(*, method: str, path: str, client_id: str, time: str, body: bytes) -> bytes:
    """Returns the SHA-256 digest of what a signature covers.

    Raises:
        UnicodeEncodeError: A text has a character that UTF-8 cannot encode.
    """
    return sha256(_content(method, path, client_id, time, body)).digest()


def _content(method: str, path: str, client_id: str, time: str, body: bytes) -> bytes:
    return f"{method} {path}\n{client_id}.{time}.".encode() + body


def _are_strings(*values: object) -> bool:
    return all(isinstance(value, str) for value in values)


def _parse_header(header: object) -> bytes | None:
    """Returns the raw signature bytes of a header, or None for a header of another form."""
    if not isinstance(header, str) or not 0 < len(header) <= _MAX_HEADER_LENGTH:
        return None
    parts = [part.strip().partition("=") for part in header.split(",")]
    named = {name: value.strip() for name, _, value in parts}
    if len(named) != len(parts) or named.get("algorithm", ALGORITHM) != ALGORITHM:
        return None
    text = unquote(named.get("signature", ""))
    try:
        signature = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    # the unused bits of the last base64 character must be zero: each signature has exactly one encoding
    return signature if base64.b64encode(signature).decode() == text else None


def _verifies(digest: bytes, signature: bytes, key_text: object) -> bool:
    # takes the digest and not the content: error trackers can record the local variables of a failure, and
    # an unauthenticated body can hold a card number
    if not isinstance(key_text, str):
        return False
    try:
        keys.load_public_key(key_text).verify(signature, digest, PKCS1v15(), Prehashed(SHA256()))
    except (InvalidSignature, KeyFormatError):
        return False
    return True
