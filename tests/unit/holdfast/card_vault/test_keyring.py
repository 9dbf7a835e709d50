"""Parsing of key variables: an error names the variable and never repeats a key."""

import base64

import pytest

from holdfast.card_vault import Keyring, KeyringError
from tests.support.card_vault.cards import KEY_A, keys

SECRET = base64.b64encode(b"s3cret").decode()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "must read keyid:base64"),
        (SECRET, "must read keyid:base64"),
        (f"sp ace:{SECRET}", "must read keyid:base64"),
        (f"a:{SECRET}", "needs keys of 32 bytes: key 1 has 6"),
        (f"{KEY_A},b:{SECRET}!", "not base64: key 2"),
        (f"{KEY_A},{KEY_A}", "names the id of key 2 twice"),
        (f"{KEY_A},", "key 2 does not"),
    ],
)
def test_malformed_key_variable_is_named_and_never_repeated(text: str, rule: str) -> None:
    with pytest.raises(KeyringError, match=rule) as caught:
        Keyring.parse(text, "SOME_KEYS")
    assert str(caught.value).startswith("SOME_KEYS ")
    assert "s3cret" not in str(caught.value)
    assert SECRET not in str(caught.value)


def test_repr_of_keyring_omits_keys() -> None:
    assert "AESGCM" not in repr(keys(KEY_A))
