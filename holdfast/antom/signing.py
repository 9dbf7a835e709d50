"""The gateway's signature: RSA PKCS#1 v1.5 with SHA-256 over method, path, client id, time and raw body.

    POST /ams/api/v1/payments/pay
    {client-id}.{time}.{body}

One line feed, none at the end; the path without host, in the sandbox the sandbox path; the body exactly as
it travels. The signature is standard base64, percent-encoded, in a header of three parts (Antom: digital
signature). The same content is signed in requests, in answers (over the path that was called) and in
notifications (over the path of the notify URL).
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
_LONGEST_HEADER = 8192
_NO_SIGNATURE = bytes(256)
"""No key makes this one: a header that is none takes as long to refuse as one that is wrong."""


def sign(
    *, method: str, path: str, client_id: str, time: str, body: bytes, private_key: str | RSAPrivateKey
) -> str:
    """Value of the Signature header; `private_key` as base64 or PEM raises KeyFormatError when unusable."""
    key = keys.private_key(private_key) if isinstance(private_key, str) else private_key
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
    """Whether any of `public_keys` signed this content. Hostile input of any kind is False, never an error.

    A text among `public_keys` that is no key counts as a key that does not match: check keys where they are
    configured, with `holdfast.antom.keys.public_key`.
    """
    signature = _signature_of(signature_header) or _NO_SIGNATURE
    if not _are_texts(method, path, client_id, time) or not isinstance(body, bytes):
        return False
    try:
        digest = sha256(_content(str(method), str(path), str(client_id), str(time), body)).digest()
    except UnicodeEncodeError:
        return False
    if not isinstance(public_keys, Sequence):
        return False
    return any(_verifies(digest, signature, key) for key in public_keys)


def _content(method: str, path: str, client_id: str, time: str, body: bytes) -> bytes:
    return f"{method} {path}\n{client_id}.{time}.".encode() + body


def _are_texts(*values: object) -> bool:
    return all(isinstance(value, str) for value in values)


def _signature_of(header: object) -> bytes | None:
    """Raw signature bytes of a header, or None when the header is not one we understand."""
    if not isinstance(header, str) or not 0 < len(header) <= _LONGEST_HEADER:
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
    # the last letter has bits that mean nothing: one signature is written in one way
    return signature if base64.b64encode(signature).decode() == text else None


def _verifies(digest: bytes, signature: bytes, key_text: object) -> bool:
    # no content: some tools write the locals of a failure down, and what a stranger sends can be a card
    if not isinstance(key_text, str):
        return False
    try:
        keys.public_key(key_text).verify(signature, digest, PKCS1v15(), Prehashed(SHA256()))
    except (InvalidSignature, KeyFormatError):
        return False
    return True
