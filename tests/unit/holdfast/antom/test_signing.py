"""Signatures, checked against the vectors that the vendor's own client made."""

import base64
import json
from typing import Any
from urllib.parse import quote, unquote

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.antom.errors import KeyFormatError
from holdfast.antom.signing import is_valid, sign
from tests.support.antom.gateway import DATA, private_base64, private_pem, public_base64, public_pem, rsa_key

VECTORS = json.loads((DATA / "signature-vectors.json").read_text())
VENDOR_KEY, UNRELATED_KEY = VECTORS["publicKeySpkiBase64"], VECTORS["unrelatedPublicKeySpkiBase64"]
VALID = [vector for vector in VECTORS["vectors"] if vector["valid"]]

CONTENT: dict[str, Any] = {
    "method": "POST",
    "path": "/ams/api/v1/payments/pay",
    "client_id": "CLIENT",
    "time": "1685599933871",
    "body": b'{"a":1}',
}
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(),
    st.text(),
    st.lists(st.text(), max_size=3),
)


def is_vector_valid(vector: dict[str, Any], *public_keys: str, **changed: Any) -> bool:
    content = {
        "method": vector["method"],
        "path": vector["path"],
        "client_id": vector["clientId"],
        "time": vector["time"],
        "body": vector["body"].encode(),
    }
    header = changed.pop("header", vector["signatureHeader"])
    return is_valid(header, **(content | changed), public_keys=list(public_keys))


def header() -> str:
    return sign(**CONTENT, private_key=private_base64("merchant"))


def test_all_signature_vectors_exist() -> None:
    assert len(VALID) == 9
    assert len(VECTORS["vectors"]) == 20


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: str(vector["name"]))
def test_is_valid_agrees_with_the_vendor_vectors(vector: dict[str, Any]) -> None:
    assert is_vector_valid(vector, VENDOR_KEY) is vector["valid"]


@pytest.mark.parametrize("vector", VALID, ids=lambda vector: str(vector["name"]))
def test_signature_is_invalid_under_an_unrelated_key(vector: dict[str, Any]) -> None:
    assert not is_vector_valid(vector, UNRELATED_KEY)


@pytest.mark.parametrize(
    "public_keys",
    [(UNRELATED_KEY, VENDOR_KEY), (VENDOR_KEY, UNRELATED_KEY), ("not a key", VENDOR_KEY)],
    ids=["the old key first", "the new key first", "with a text that is not a key"],
)
def test_signature_is_valid_under_any_of_several_keys(public_keys: tuple[str, str]) -> None:
    assert is_vector_valid(VALID[0], *public_keys)


def test_signature_without_public_keys_is_invalid() -> None:
    assert not is_vector_valid(VALID[0])


@pytest.mark.parametrize(
    "rewrite",
    [unquote, str.lower, lambda text: text.replace(",signature=", ",signature=AAAA,signature=")],
    ids=["not percent-encoded is fine", "lower case is not", "two signatures are not"],
)
def test_header_is_decoded_before_verification(rewrite: Any) -> None:
    vector = VALID[0]
    assert is_vector_valid(vector, VENDOR_KEY, header=rewrite(vector["signatureHeader"])) is (
        rewrite is unquote
    )


def test_header_without_algorithm_is_read_as_rsa256() -> None:
    bare = "signature=" + quote(VALID[0]["signatureBase64"], safe="")
    assert is_vector_valid(VALID[0], VENDOR_KEY, header=bare)


def test_base64url_signature_is_invalid() -> None:
    url_safe = VALID[0]["signatureBase64"].replace("+", "-").replace("/", "_")
    assert not is_vector_valid(
        VALID[0], VENDOR_KEY, header=f"algorithm=RSA256,keyVersion=1,signature={url_safe}"
    )


def test_signed_content_is_method_path_client_id_time_and_body() -> None:
    encoded = header().removeprefix("algorithm=RSA256,keyVersion=1,signature=")
    assert not set(encoded) & set("+/=")
    rsa_key("merchant").public_key().verify(
        base64.b64decode(unquote(encoded)),
        b'POST /ams/api/v1/payments/pay\nCLIENT.1685599933871.{"a":1}',
        PKCS1v15(),
        SHA256(),
    )


def test_signature_does_not_depend_on_the_form_of_the_key() -> None:
    pem: str | RSAPrivateKey = private_pem("merchant")
    forms = [private_base64("merchant"), pem, rsa_key("merchant")]
    assert {sign(**CONTENT, private_key=form) for form in forms} == {header()}
    assert is_valid(header(), **CONTENT, public_keys=[public_pem("merchant")])


def test_signing_with_an_invalid_key_raises_key_format_error() -> None:
    with pytest.raises(KeyFormatError):
        sign(**CONTENT, private_key="no key")


@settings(max_examples=40)
@given(
    texts=st.tuples(*[st.text(max_size=30)] * 4), body=st.binary(max_size=200), change=st.binary(min_size=1)
)
def test_signature_is_valid_only_for_the_signed_body(
    texts: tuple[str, str, str, str], body: bytes, change: bytes
) -> None:
    method, path, client_id, time = texts
    content: dict[str, Any] = {"method": method, "path": path, "client_id": client_id, "time": time}
    key = public_base64("merchant")
    signature = sign(**content, body=body, private_key=rsa_key("merchant"))
    assert is_valid(signature, **content, body=body, public_keys=[key])
    assert not is_valid(signature, **content, body=body + change, public_keys=[key])


@settings(max_examples=300)
@given(hostile=st.one_of(ANYTHING, st.text().map(lambda text: f"algorithm=RSA256,signature={text}")))
def test_hostile_header_is_invalid_without_an_exception(hostile: Any) -> None:
    assert is_valid(hostile, **CONTENT, public_keys=[public_base64("merchant")]) is False


@settings(max_examples=300)
@given(field=st.sampled_from([*CONTENT, "public_keys"]), hostile=ANYTHING)
def test_hostile_argument_is_invalid_without_an_exception(field: str, hostile: Any) -> None:
    arguments = CONTENT | {"public_keys": [public_base64("merchant")]}
    if hostile != arguments[field]:
        assert is_valid(header(), **(arguments | {field: hostile})) is False


@pytest.mark.parametrize("hostile", [None, 7, b"key", "", "\ud800", "A" * 100_000, "é", "-----BEGIN"])
def test_hostile_public_key_is_invalid_without_an_exception(hostile: Any) -> None:
    assert is_valid(header(), **CONTENT, public_keys=[hostile]) is False
    assert is_valid(header(), **CONTENT, public_keys=[hostile, public_base64("merchant")]) is True


@pytest.mark.parametrize(
    "hostile",
    [
        "signature=" + "A" * 10_000_000,
        "," * 8000,
        "=" * 8000,
        "signature=\ud800",
        "signature=%ff",
        "signature=٣",
    ],
    ids=["huge", "commas", "equals signs", "lone surrogate", "not UTF-8", "other digits"],
)
def test_crafted_header_is_invalid(hostile: str) -> None:
    assert is_valid(hostile, **CONTENT, public_keys=[public_base64("merchant")]) is False


def test_lone_surrogate_in_the_path_is_invalid() -> None:
    arguments = CONTENT | {"path": "/\ud800"}
    assert is_valid(header(), **arguments, public_keys=[public_base64("merchant")]) is False
