"""Loading keys in the forms that merchants have, and the errors of invalid keys."""

import base64
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.antom import keys
from holdfast.antom.errors import AntomError, KeyFormatError
from tests.support.antom.gateway import private_base64, private_pem, public_base64, public_pem, rsa_key

PKCS1 = PrivateFormat.TraditionalOpenSSL
SECRET = private_base64("merchant")


def one_line(pem: str) -> str:
    return pem.strip().replace("\n", "\\n")


def in_lines(text: str) -> str:
    return "\n".join(text[start : start + 64] for start in range(0, len(text), 64)) + "\n"


def short_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)


def base64_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return base64.b64encode(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()


def public_base64_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def encrypted_pem() -> str:
    encryption = BestAvailableEncryption(b"secret")
    return rsa_key("merchant").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"  {SECRET}\n",
        in_lines(SECRET),
        private_base64("merchant", PKCS1),
        private_pem("merchant"),
        private_pem("merchant", PKCS1),
        one_line(private_pem("merchant")),
        private_pem("merchant").replace("\n", "\r\n"),
    ],
    ids=[
        "base64",
        "with spaces",
        "several lines",
        "PKCS#1",
        "PEM",
        "PKCS#1 PEM",
        "PEM on one line",
        "PEM from Windows",
    ],
)
def test_private_key_is_loaded_from_every_common_form(text: str) -> None:
    assert keys.load_private_key(text).private_numbers() == rsa_key("merchant").private_numbers()


@pytest.mark.parametrize(
    "text",
    [
        public_base64("gateway"),
        in_lines(public_base64("gateway")),
        public_pem("gateway"),
        one_line(public_pem("gateway")),
    ],
    ids=["base64", "several lines", "PEM", "PEM on one line"],
)
def test_public_key_is_loaded_from_every_common_form(text: str) -> None:
    assert keys.load_public_key(text).public_numbers() == rsa_key("gateway").public_key().public_numbers()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (" \n ", "is empty"),
        ("not base64!", "neither base64 nor PEM"),
        ("ключ", "neither base64 nor PEM"),
        (SECRET[:-8], "not a PKCS#8 or PKCS#1 private key"),
        ("AAAA", "not a PKCS#8 or PKCS#1 private key"),
        ("A" * 20_000, "too long for a key"),
        (public_base64("merchant"), "this is a public key"),
        (public_pem("merchant"), "this is a public key"),
        (base64_of(short_key()), "1024 bits is too short"),
        (base64_of(ec.generate_private_key(ec.SECP256R1())), "not an RSA key"),
        (encrypted_pem(), "passphrase"),
        (
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "not a PKCS#8 or PKCS#1 private key",
        ),
    ],
)
def test_malformed_private_key_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(KeyFormatError, match=message):
        keys.load_private_key(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("not base64!", "neither base64 nor PEM"),
        (public_base64("gateway")[:-8], "not a SubjectPublicKeyInfo public key"),
        (SECRET, "this is a private key"),
        (private_pem("merchant"), "this is a private key"),
        (public_base64_of(short_key()), "1024 bits is too short"),
        (public_base64_of(ec.generate_private_key(ec.SECP256R1())), "not an RSA key"),
    ],
)
def test_malformed_public_key_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(KeyFormatError, match=message):
        keys.load_public_key(text)


def test_key_format_error_is_an_antom_error_and_a_value_error() -> None:
    assert issubclass(KeyFormatError, AntomError)
    assert issubclass(KeyFormatError, ValueError)


@pytest.mark.parametrize("load", [keys.load_private_key, keys.load_public_key])
@pytest.mark.parametrize("text", [SECRET[:-8], SECRET[1:], SECRET + "!", private_pem("merchant")[:400]])
def test_error_message_never_contains_the_key(load: Callable[[str], object], text: str) -> None:
    with pytest.raises(KeyFormatError) as caught:
        load(text)
    assert caught.value.__suppress_context__
    message = str(caught.value)
    assert not any(text[start : start + 12] in message for start in range(0, len(text) - 12, 12))


@pytest.mark.parametrize("load", [keys.load_private_key, keys.load_public_key])
@settings(max_examples=150)
@given(text=st.one_of(st.text(), st.binary().map(lambda raw: base64.b64encode(raw).decode())))
def test_arbitrary_text_raises_key_format_error(load: Callable[[str], object], text: str) -> None:
    with pytest.raises(KeyFormatError):
        load(text)
