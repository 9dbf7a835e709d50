"""Named encryption keys: the primary key, which comes first, encrypts; every key decrypts.

Format of a key variable: `keyid:base64,keyid:base64,...`, 32 bytes each (AES-256). To rotate keys, put the
new key first and keep the old one until nothing that it encrypted is left.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from holdfast.card_vault.errors import KeyringError

KEY_BYTES = 32
NONCE_BYTES = 12
_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class UnknownKey(LookupError):
    """The ciphertext names a key id that this keyring does not have."""


class DecryptionFailed(ValueError):
    """The key id is known and decryption fails: the key is another one, or the bytes have changed."""


@dataclass(frozen=True)
class Ciphertext:
    """Encrypted bytes with the id of their key; `data` is the nonce, the encrypted bytes and the tag."""

    key_id: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Keyring:
    """Named AES-256 keys; `primary_id` is the id of the key that encrypts."""

    primary_id: str
    keys: Mapping[str, AESGCM] = field(repr=False)

    @classmethod
    def parse(cls, text: str, variable: str) -> Self:
        """Returns the keyring of a text `keyid:base64,...`.

        Raises:
            KeyringError: The text is malformed; the message names `variable` and never contains a key.
        """
        keys: dict[str, AESGCM] = {}
        for position, part in enumerate(text.split(","), start=1):
            key_id, key = _parse_key(part.strip(), position, variable)
            if key_id in keys:
                raise KeyringError(variable, f"names the id of key {position} twice")
            keys[key_id] = key
        return cls(primary_id=next(iter(keys)), keys=keys)

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> Ciphertext:
        """Encrypts with the primary key; decryption needs the same `associated_data`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        encrypted = self.keys[self.primary_id].encrypt(nonce, plaintext, associated_data)
        return Ciphertext(self.primary_id, nonce + encrypted)

    def decrypt(self, ciphertext: Ciphertext, associated_data: bytes) -> bytes:
        """Returns the plaintext.

        Raises:
            UnknownKey: The keyring does not have the key that the ciphertext names.
            DecryptionFailed: The key, the ciphertext or `associated_data` is not the one of the encryption.
        """
        key = self.keys.get(ciphertext.key_id)
        if key is None:
            raise UnknownKey
        nonce, encrypted = ciphertext.data[:NONCE_BYTES], ciphertext.data[NONCE_BYTES:]
        try:
            return key.decrypt(nonce, encrypted, associated_data)
        except (InvalidTag, ValueError):
            raise DecryptionFailed from None


def _parse_key(part: str, position: int, variable: str) -> tuple[str, AESGCM]:
    key_id, colon, encoded = part.partition(":")
    if not colon or not _KEY_ID.fullmatch(key_id):
        raise KeyringError(variable, f"must read keyid:base64,keyid:base64: key {position} does not")
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise KeyringError(variable, f"holds a key that is not base64: key {position}") from None
    if len(key) != KEY_BYTES:
        raise KeyringError(variable, f"needs keys of {KEY_BYTES} bytes: key {position} has {len(key)}")
    return key_id, AESGCM(key)
