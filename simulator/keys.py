"""The key pairs of merchant and gateway, their files, and their changes in the gateway's dashboard."""

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from holdfast.antom import keys as antom_keys
from holdfast.antom.errors import KeyFormatError
from simulator.control.model import InvalidRequest

CLIENT_ID = "SANDBOX_5Y00000000000000"


class KeyChangeError(InvalidRequest):
    """An invalid change of keys; the message is one line."""


@dataclass
class Keys:
    """Keys as base64 DER on one line, the format of Antom's dashboard: PKCS#8 and SubjectPublicKeyInfo.

    A change takes effect with the next call and the next notification.
    """

    client_id: str
    merchant_private_key: str = field(repr=False)
    merchant_public_key: str
    gateway_private_key: str = field(repr=False)
    gateway_public_key: str
    merchant_public_keys: list[str] = field(init=False)
    """The keys that are accepted for a call's signature."""
    _next_pair: tuple[str, str] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.merchant_public_keys = [self.merchant_public_key]

    def register(self, public_key: str) -> None:
        """Accepts a further public key of the merchant. Raises KeyChangeError where it is not a key."""
        try:
            antom_keys.load_public_key(public_key)
        except KeyFormatError as error:
            raise KeyChangeError(f"merchantPublicKey: {error}") from None
        if public_key not in self.merchant_public_keys:
            self.merchant_public_keys.append(public_key)

    def remove(self, public_key: str) -> None:
        """Removes a key of the merchant. Raises KeyChangeError for the last one and for an unknown one."""
        if public_key not in self.merchant_public_keys or len(self.merchant_public_keys) == 1:
            raise KeyChangeError("merchantPublicKey: one of several that are registered")
        self.merchant_public_keys.remove(public_key)

    def prepare(self) -> str:
        """Creates the gateway's next key pair once, and returns its public key; it signs after `switch`."""
        self._next_pair = self._next_pair or new_pair()
        return self._next_pair[1]

    def switch(self) -> None:
        """Signs with the gateway's next key from now on. Raises KeyChangeError where none is prepared."""
        if self._next_pair is None:
            raise KeyChangeError("no gateway key is prepared")
        (self.gateway_private_key, self.gateway_public_key), self._next_pair = self._next_pair, None

    def change(self, change: str, public_key: str = "") -> None:
        """Applies register, remove, prepare or switch. Raises KeyChangeError where it is impossible."""
        match change:
            case "register":
                self.register(public_key)
            case "remove":
                self.remove(public_key)
            case "prepare":
                self.prepare()
            case "switch":
                self.switch()
            case _:
                raise KeyChangeError("do: register, remove, prepare or switch")

    def wire(self) -> dict[str, object]:
        """Returns the client id and the public keys in the format of GET /keys."""
        return {
            "clientId": self.client_id,
            "merchantPublicKeys": list(self.merchant_public_keys),
            "gatewayPublicKey": self.gateway_public_key,
            "nextGatewayPublicKey": self._next_pair[1] if self._next_pair else None,
        }

    @classmethod
    def generate(cls, client_id: str = CLIENT_ID) -> "Keys":
        """Generates RSA key pairs of 2048 bits for both sides."""
        merchant, gateway = new_pair(), new_pair()
        return cls(client_id, *merchant, *gateway)


def keys_in(directory: Path) -> Keys:
    """Returns the keys in `directory`; creates missing ones, private keys readable by the owner alone."""
    directory.mkdir(parents=True, exist_ok=True)
    client_id = _read(directory / "client_id") or CLIENT_ID
    _write(directory / "client_id", client_id)
    return Keys(client_id, *_pair_in(directory, "merchant"), *_pair_in(directory, "gateway"))


def _pair_in(directory: Path, side: str) -> tuple[str, str]:
    private_file, public_file = directory / f"{side}_private_key", directory / f"{side}_public_key"
    private = _read(private_file)
    if private:
        # the public key is always derived from the private one, so that the two match
        public = _public_of(antom_keys.load_private_key(private))
    else:
        private, public = new_pair()
        _write(private_file, private, secret=True)
    _write(public_file, public)
    return private, public


def new_pair() -> tuple[str, str]:
    """Generates a private key and its public key."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return base64.b64encode(private).decode("ascii"), _public_of(key)


def _public_of(key: RSAPrivateKey) -> str:
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(public).decode("ascii")


def _read(file: Path) -> str:
    return file.read_text("ascii").strip() if file.exists() else ""


def _write(file: Path, text: str, *, secret: bool = False) -> None:
    if _read(file) == text:
        return
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if secret else 0o644)
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(text + "\n")
