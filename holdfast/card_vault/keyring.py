"""Keys with names: the first one seals, every one opens.

Format of a key variable: `keyid:base64,keyid:base64,...`, 32 bytes each (AES-256). To rotate, put the
new key in front and keep the old one until nothing sealed with it is left.
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
    """Sealed with a key id that this keyring does not hold."""


class BrokenSeal(ValueError):
    """The key id is known and the seal does not hold: another key, or changed bytes."""


@dataclass(frozen=True)
class Sealed:
    """Ciphertext with the id of the key that sealed it; `box` is nonce, ciphertext and tag."""

    key_id: str
    box: bytes = field(repr=False)


@dataclass(frozen=True)
class Keyring:
    """Named AES-256 keys; `first` is the id of the one that seals."""

    first: str
    keys: Mapping[str, AESGCM] = field(repr=False)

    @classmethod
    def parse(cls, text: str, variable: str) -> Self:
        """Read `keyid:base64,...`. Raises KeyringError that names `variable` and never a key."""
        keys: dict[str, AESGCM] = {}
        for position, part in enumerate(text.split(","), start=1):
            key_id, key = _parse_key(part.strip(), position, variable)
            if key_id in keys:
                raise KeyringError(variable, f"names the id of key {position} twice")
            keys[key_id] = key
        return cls(first=next(iter(keys)), keys=keys)

    def seal(self, plain: bytes, context: bytes) -> Sealed:
        """Encrypt with the first key; `context` is authenticated and must be given again to open."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return Sealed(self.first, nonce + self.keys[self.first].encrypt(nonce, plain, context))

    def unseal(self, sealed: Sealed, context: bytes) -> bytes:
        """Decrypt. Raises UnknownKey or BrokenSeal."""
        key = self.keys.get(sealed.key_id)
        if key is None:
            raise UnknownKey
        try:
            return key.decrypt(sealed.box[:NONCE_BYTES], sealed.box[NONCE_BYTES:], context)
        except (InvalidTag, ValueError):
            raise BrokenSeal from None


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
