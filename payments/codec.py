"""Encryption of everything Temporal stores about a payment: AES-256-GCM with named keys.

The first key encrypts, every key decrypts: to rotate, put a new key in front and keep the old one for as
long as a payment that it encrypted can still be read. What was stored before a key was set stays readable.
"""

from collections.abc import Sequence

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from card_vault.keyring import BrokenSeal, Keyring, Sealed, UnknownKey

CODEC_KEYS = "HOLDFAST_CODEC_KEYS"
ENCODING = b"binary/encrypted"
_KEY_ID = "encryption-key-id"


class CodecKeyError(ValueError):
    """A payload was encrypted with a key that `HOLDFAST_CODEC_KEYS` does not hold."""


class EncryptionCodec(PayloadCodec):
    """Temporal payload codec; leaves what is not encrypted as it is when decoding."""

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt each payload, metadata included, with the first key."""
        return [self._encrypted(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt each encrypted payload. Raises CodecKeyError on a missing or wrong key."""
        return [self._decrypted(payload) for payload in payloads]

    def _encrypted(self, payload: Payload) -> Payload:
        key_id = self._keys.first
        sealed = self._keys.seal(payload.SerializeToString(), _context(key_id))
        return Payload(metadata={"encoding": ENCODING, _KEY_ID: key_id.encode()}, data=sealed.box)

    def _decrypted(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        key_id = payload.metadata.get(_KEY_ID, b"").decode(errors="replace")
        try:
            return Payload.FromString(self._keys.unseal(Sealed(key_id, payload.data), _context(key_id)))
        except UnknownKey:
            raise CodecKeyError(f"{CODEC_KEYS} holds no key {key_id!r}") from None
        except (BrokenSeal, DecodeError):
            raise CodecKeyError(f"{CODEC_KEYS}: key {key_id!r} does not open this payload") from None


def codec_from(keys: str | None) -> EncryptionCodec | None:
    """The codec for `keyid:base64,...`, or None without keys. Raises KeyringError, naming the variable."""
    return EncryptionCodec(Keyring.parse(keys, CODEC_KEYS)) if keys else None


def _context(key_id: str) -> bytes:
    return f"payload\n{key_id}".encode()
