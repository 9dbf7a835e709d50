"""Encryption of all payloads that Temporal stores: compressed, then AES-256-GCM with named keys.

The first key encrypts, every key decrypts. To rotate keys, put a new key first and keep the old one as long
as a payment that it encrypted can still be read. Payloads stored before a key was set stay readable.

After compression, the length of a payload depends on its content. An attacker who reads Temporal's database
and controls a part of a payload can use this to find a secret in the same payload (CRIME). Here only the
buyer controls a part of the payload, and the secrets in it are the buyer's own.
"""

from collections.abc import Sequence

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from holdfast.card_vault.keyring import Ciphertext, DecryptionFailed, Keyring, UnknownKey
from holdfast.errors import CodecKeyError
from holdfast.temporal.compression import DecompressionError, compress, decompress

CODEC_KEYS = "HOLDFAST_CODEC_KEYS"
ENCODING = b"binary/encrypted"
_ADD = "add the worker's key and make the same call again, nothing is lost"
_KEY_ID = "encryption-key-id"
_COMPRESSION = "compression"
_ZLIB = b"zlib"


class EncryptionCodec(PayloadCodec):
    """Temporal payload codec; decoding leaves a payload that is not encrypted unchanged.

    Without keys the codec encrypts nothing, and raises an error for an encrypted payload: a worker that
    continued without a key would drop signals and fail calls that it cannot read.
    """

    def __init__(self, keys: Keyring | None) -> None:
        self._keys = keys

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypts each payload, metadata included, with the first key."""
        if self._keys is None:
            return list(payloads)
        return [_encrypt(payload, self._keys) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypts each encrypted payload.

        Raises:
            CodecKeyError: The key of a payload is missing or wrong, or the payload is damaged.
        """
        return [self._decrypt(payload) for payload in payloads]

    def _decrypt(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        key_id = payload.metadata.get(_KEY_ID, b"").decode(errors="replace")[:64]
        if self._keys is None:
            raise CodecKeyError(f"{CODEC_KEYS} is not set, and this payload needs its key {key_id!r}: {_ADD}")
        try:
            return _decrypt_with(payload, key_id, self._keys)
        except UnknownKey:
            raise CodecKeyError(
                f"{CODEC_KEYS} holds no key {key_id!r}, which this payload needs: {_ADD}"
            ) from None
        except (DecryptionFailed, DecompressionError, DecodeError):
            raise CodecKeyError(
                f"{CODEC_KEYS}: key {key_id!r} does not decrypt this payload: use the key that the worker "
                "has under this id"
            ) from None


def codec_from(keys: str | None) -> EncryptionCodec:
    """Returns the codec for `keyid:base64,...`; without keys, a codec that encrypts nothing.

    Raises:
        KeyringError: The keys are malformed; the message names the variable.
    """
    return EncryptionCodec(Keyring.parse(keys, CODEC_KEYS) if keys else None)


def _encrypt(payload: Payload, keys: Keyring) -> Payload:
    plain = payload.SerializeToString()
    compressed = compress(plain)
    metadata = {"encoding": ENCODING, _KEY_ID: keys.primary_id.encode()}
    if compressed is not None:
        metadata[_COMPRESSION] = _ZLIB
    ciphertext = keys.encrypt(
        compressed or plain, _associated_data(keys.primary_id, metadata.get(_COMPRESSION))
    )
    return Payload(metadata=metadata, data=ciphertext.data)


def _decrypt_with(payload: Payload, key_id: str, keys: Keyring) -> Payload:
    compression = payload.metadata.get(_COMPRESSION)
    plain = keys.decrypt(Ciphertext(key_id, payload.data), _associated_data(key_id, compression))
    return Payload.FromString(plain if compression is None else decompress(plain))


def _associated_data(key_id: str, compression: bytes | None) -> bytes:
    """Returns the data authenticated with the content, so that a changed key id is detected."""
    parts = ["payload", key_id, *([compression.decode(errors="replace")] if compression else [])]
    return "\n".join(parts).encode()
