"""Encryption of everything Temporal stores about a payment: compressed, then AES-256-GCM with named keys.

The first key encrypts, every key decrypts: to rotate, put a new key in front and keep the old one for as
long as a payment that it encrypted can still be read. What was stored before a key was set stays readable.

Compression lets the length of a payload say something about its content, to somebody who reads Temporal's
database and chooses a part of the very payload that holds the secret (CRIME). Here the only one who chooses
is the buyer, and the secrets of that payload are the buyer's own.
"""

from collections.abc import Sequence

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from holdfast.card_vault.keyring import Ciphertext, DecryptionFailed, Keyring, UnknownKey
from holdfast.errors import CodecKeyError
from holdfast.temporal.compression import NotCompressed, restored, smaller

CODEC_KEYS = "HOLDFAST_CODEC_KEYS"
ENCODING = b"binary/encrypted"
_KEY_ID = "encryption-key-id"
_COMPRESSION = "compression"
_ZLIB = b"zlib"


class EncryptionCodec(PayloadCodec):
    """Temporal payload codec; leaves what is not encrypted as it is when decoding.

    Without keys it encrypts nothing, and says so when it meets what is encrypted: a worker that went on
    without a key would drop signals and let calls fail that it merely cannot read.
    """

    def __init__(self, keys: Keyring | None) -> None:
        self._keys = keys

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt each payload, metadata included, with the first key."""
        if self._keys is None:
            return list(payloads)
        return [_encrypted(payload, self._keys) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt each encrypted payload. Raises CodecKeyError on a missing or wrong key."""
        return [self._decrypted(payload) for payload in payloads]

    def _decrypted(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        key_id = payload.metadata.get(_KEY_ID, b"").decode(errors="replace")[:64]
        if self._keys is None:
            raise CodecKeyError(f"{CODEC_KEYS} is not set, and this payload needs its key {key_id!r}")
        try:
            return _opened(payload, key_id, self._keys)
        except UnknownKey:
            raise CodecKeyError(f"{CODEC_KEYS} holds no key {key_id!r}, which this payload needs") from None
        except (DecryptionFailed, NotCompressed, DecodeError):
            raise CodecKeyError(f"{CODEC_KEYS}: key {key_id!r} does not open this payload") from None


def codec_from(keys: str | None) -> EncryptionCodec:
    """The codec for `keyid:base64,...`, or for no keys. Raises KeyringError, naming the variable."""
    return EncryptionCodec(Keyring.parse(keys, CODEC_KEYS) if keys else None)


def _encrypted(payload: Payload, keys: Keyring) -> Payload:
    plain = payload.SerializeToString()
    compressed = smaller(plain)
    metadata = {"encoding": ENCODING, _KEY_ID: keys.primary_id.encode()}
    if compressed is not None:
        metadata[_COMPRESSION] = _ZLIB
    ciphertext = keys.encrypt(compressed or plain, _context(keys.primary_id, metadata.get(_COMPRESSION)))
    return Payload(metadata=metadata, data=ciphertext.data)


def _opened(payload: Payload, key_id: str, keys: Keyring) -> Payload:
    compression = payload.metadata.get(_COMPRESSION)
    plain = keys.decrypt(Ciphertext(key_id, payload.data), _context(key_id, compression))
    return Payload.FromString(plain if compression is None else restored(plain))


def _context(key_id: str, compression: bytes | None) -> bytes:
    """What is sealed in beside the content, so that nobody can give it another key id or compression."""
    parts = ["payload", key_id, *([compression.decode(errors="replace")] if compression else [])]
    return "\n".join(parts).encode()
