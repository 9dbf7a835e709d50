"""RSA keys as merchants hold them: the dashboard's bare base64, or PEM.

The gateway's key tool prints DER as base64 on one line without armour: PKCS#8 for the merchant's private
key, X.509 SubjectPublicKeyInfo for Antom's public key, both RSA with 2048 bits (Antom: digital signature).
PKCS#1 and PEM are accepted because openssl writes them.
"""

import base64
import binascii
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from holdfast.antom.errors import KeyFormatError

MINIMUM_BITS = 2048
_LONGEST_KEY_TEXT = 16_384
_KEPT = 1024
"""Keys of hundreds of accounts, which are looked at again every few seconds."""
_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)


@lru_cache(maxsize=_KEPT)
def private_key(text: str) -> RSAPrivateKey:
    """Merchant private key from base64 PKCS#8 (or PKCS#1) or PEM; KeyFormatError otherwise."""
    key_bytes, is_pem = _decoded(text)
    try:
        key = (load_pem_private_key if is_pem else load_der_private_key)(key_bytes, password=None)
    except _UNREADABLE:
        raise KeyFormatError(_private_key_problem(key_bytes, is_pem)) from None
    if not isinstance(key, RSAPrivateKey):
        raise KeyFormatError("the private key is not an RSA key")
    _check_size(key.key_size)
    return key


@lru_cache(maxsize=_KEPT)
def public_key(text: str) -> RSAPublicKey:
    """Gateway public key from base64 SubjectPublicKeyInfo or PEM; KeyFormatError otherwise."""
    key_bytes, is_pem = _decoded(text)
    try:
        key = (load_pem_public_key if is_pem else load_der_public_key)(key_bytes)
    except _UNREADABLE:
        raise KeyFormatError(_public_key_problem(key_bytes, is_pem)) from None
    if not isinstance(key, RSAPublicKey):
        raise KeyFormatError("the public key is not an RSA key")
    _check_size(key.key_size)
    return key


def _decoded(text: str) -> tuple[bytes, bool]:
    """Bytes to load, and whether they are PEM."""
    text = text.strip()
    if not text:
        raise KeyFormatError("the key is empty")
    if len(text) > _LONGEST_KEY_TEXT:
        raise KeyFormatError("the text is too long for a key")
    if text.startswith("-----BEGIN"):
        # environment files often carry a PEM on one line, with its line ends written out
        return text.replace("\\n", "\n").encode("utf-8", "replace"), True
    try:
        return base64.b64decode("".join(text.split()), validate=True), False
    except (binascii.Error, ValueError):
        raise KeyFormatError("the key is neither base64 nor PEM") from None


def _check_size(bits: int) -> None:
    if bits < MINIMUM_BITS:
        raise KeyFormatError(f"an RSA key of {bits} bits is too short: at least {MINIMUM_BITS}")


def _private_key_problem(key_bytes: bytes, is_pem: bool) -> str:
    if is_pem and b"ENCRYPTED" in key_bytes:
        return "the private key is protected by a passphrase: give it without one"
    try:
        (load_pem_public_key if is_pem else load_der_public_key)(key_bytes)
    except _UNREADABLE:
        return "the text is no PKCS#8 or PKCS#1 private key"
    return "this is a public key where a private key is wanted"


def _public_key_problem(key_bytes: bytes, is_pem: bool) -> str:
    try:
        (load_pem_private_key if is_pem else load_der_private_key)(key_bytes, password=None)
    except _UNREADABLE:
        return "the text is no SubjectPublicKeyInfo public key"
    return "this is a private key where a public key is wanted"
