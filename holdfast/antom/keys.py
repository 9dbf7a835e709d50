"""Loads RSA keys from the texts that merchants have: the dashboard's base64, or PEM.

The gateway's key tool prints DER as base64 on one line without PEM armor: PKCS#8 for the merchant's private
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
_MAX_TEXT_LENGTH = 16_384
_CACHED_KEYS = 1024
"""Enough for hundreds of accounts, whose keys are checked again every few seconds."""
_LOAD_ERRORS = (ValueError, TypeError, UnsupportedAlgorithm)


@lru_cache(maxsize=_CACHED_KEYS)
def load_private_key(text: str) -> RSAPrivateKey:
    """Returns the merchant's private key from base64 PKCS#8 (or PKCS#1), or from PEM.

    Raises:
        KeyFormatError: The text is not an RSA private key of at least `MINIMUM_BITS` bits.
    """
    key_bytes, is_pem = _decode(text)
    try:
        key = (load_pem_private_key if is_pem else load_der_private_key)(key_bytes, password=None)
    except _LOAD_ERRORS:
        raise KeyFormatError(_private_key_problem(key_bytes, is_pem)) from None
    if not isinstance(key, RSAPrivateKey):
        raise KeyFormatError("the private key is not an RSA key")
    _check_size(key.key_size)
    return key


@lru_cache(maxsize=_CACHED_KEYS)
def load_public_key(text: str) -> RSAPublicKey:
    """Returns the gateway's public key from base64 SubjectPublicKeyInfo, or from PEM.

    Raises:
        KeyFormatError: The text is not an RSA public key of at least `MINIMUM_BITS` bits.
    """
    key_bytes, is_pem = _decode(text)
    try:
        key = (load_pem_public_key if is_pem else load_der_public_key)(key_bytes)
    except _LOAD_ERRORS:
        raise KeyFormatError(_public_key_problem(key_bytes, is_pem)) from None
    if not isinstance(key, RSAPublicKey):
        raise KeyFormatError("the public key is not an RSA key")
    _check_size(key.key_size)
    return key


def _decode(text: str) -> tuple[bytes, bool]:
    """Returns the bytes of the key, and whether they are PEM."""
    text = text.strip()
    if not text:
        raise KeyFormatError("the key is empty")
    if len(text) > _MAX_TEXT_LENGTH:
        raise KeyFormatError("the text is too long for a key")
    if text.startswith("-----BEGIN"):
        # environment files often hold a PEM on one line, with each line end written as \n
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
        return "the private key is protected by a passphrase: remove the passphrase"
    try:
        (load_pem_public_key if is_pem else load_der_public_key)(key_bytes)
    except _LOAD_ERRORS:
        return "the text is not a PKCS#8 or PKCS#1 private key"
    return "this is a public key, but a private key is required"


def _public_key_problem(key_bytes: bytes, is_pem: bool) -> str:
    try:
        (load_pem_private_key if is_pem else load_der_private_key)(key_bytes, password=None)
    except _LOAD_ERRORS:
        return "the text is not a SubjectPublicKeyInfo public key"
    return "this is a private key, but a public key is required"
