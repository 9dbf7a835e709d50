"""The key pairs of both sides, and their files."""

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from antom import keys as antom_keys

CLIENT_ID = "SANDBOX_5Y00000000000000"


@dataclass(frozen=True)
class Keys:
    """Base64 DER on one line, as Antom's dashboard gives them: PKCS#8 and SubjectPublicKeyInfo."""

    client_id: str
    merchant_private_key: str = field(repr=False)
    merchant_public_key: str
    gateway_private_key: str = field(repr=False)
    gateway_public_key: str

    @classmethod
    def generate(cls, client_id: str = CLIENT_ID) -> "Keys":
        """Fresh 2048-bit pairs."""
        merchant, gateway = _new_pair(), _new_pair()
        return cls(client_id, *merchant, *gateway)


def keys_in(directory: Path) -> Keys:
    """The keys in `directory`; what is missing is made, private keys readable by their owner alone."""
    directory.mkdir(parents=True, exist_ok=True)
    client_id = _read(directory / "client_id") or CLIENT_ID
    _write(directory / "client_id", client_id)
    return Keys(client_id, *_pair_in(directory, "merchant"), *_pair_in(directory, "gateway"))


def _pair_in(directory: Path, side: str) -> tuple[str, str]:
    private_file, public_file = directory / f"{side}_private_key", directory / f"{side}_public_key"
    private = _read(private_file)
    if private:
        # the public half always follows from the private one, so that the two cannot disagree
        public = _public_of(antom_keys.private_key(private))
    else:
        private, public = _new_pair()
        _write(private_file, private, secret=True)
    _write(public_file, public)
    return private, public


def _new_pair() -> tuple[str, str]:
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
