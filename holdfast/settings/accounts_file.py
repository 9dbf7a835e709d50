"""Further merchant accounts, from a TOML file that refers to the keys and does not contain them.

    [accounts.shop-two]
    gateway_url = "https://open-sea-global.alipay.com"
    client_id = "5X00000000000001"
    merchant_private_key_file = "shop-two.key"      # or merchant_private_key_env = "SHOP_TWO_KEY"
    gateway_public_key_file = "antom.pub"           # or gateway_public_key_env
    calls_at_once = 20                              # optional, and
    calls_per_second = 10.0                         # optional; both limits are per worker

Relative paths start at the folder of the TOML file. An alias is a part of the notify URL, and therefore
consists of letters, digits, `_` and `-`.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

from holdfast.antom import keys
from holdfast.antom.account import CallLimits, GatewayAccount
from holdfast.antom.errors import AccountError, KeyFormatError

_ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_PLAIN_FIELDS = ("gateway_url", "client_id")
_KEY_FIELDS = ("merchant_private_key", "gateway_public_key")
_TEXT_FIELDS = {*_PLAIN_FIELDS, *(f"{key}_{kind}" for key in _KEY_FIELDS for kind in ("file", "env"))}
_CALLS_AT_ONCE, _CALLS_PER_SECOND = "calls_at_once", "calls_per_second"
_POSITION = re.compile(r"\(at [a-z0-9, ]+\)$")
"""The end of tomllib's error message; the rest of it may quote the file."""


class AccountFieldError(Exception):
    """A field of an account breaks a rule. The message names the field and never its value."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field} {rule}")
        self.field = field
        self.rule = rule


class AccountsFileError(Exception):
    """The accounts file breaks a rule. The message names the alias and the field."""


def build_account(
    gateway_url: str, client_id: str, private_key: str, public_keys: str, limits: CallLimits
) -> GatewayAccount:
    """Builds an account and validates every field.

    Args:
        gateway_url: The base URL of the gateway.
        client_id: The merchant's client id at the gateway.
        private_key: The merchant's private key, as base64 PKCS#8 or PEM.
        public_keys: The gateway's public keys, separated by commas.
        limits: The limits on calls to the gateway.

    Raises:
        AccountFieldError: A field breaks a rule.
    """
    key_texts = tuple(part.strip() for part in public_keys.split(","))
    _check_key("merchant_private_key", keys.load_private_key, private_key)
    for text in key_texts:
        _check_key("gateway_public_key", keys.load_public_key, text)
    try:
        return GatewayAccount(gateway_url, client_id, private_key, key_texts, limits)
    except AccountError as error:
        field, _, rule = str(error).partition(" ")
        raise AccountFieldError(field.rstrip(":"), rule) from None


def read_accounts(file: Path, reserved: str) -> dict[str, GatewayAccount]:
    """Reads the accounts of a file, by alias.

    Args:
        file: The TOML file.
        reserved: The alias that the file must not contain.

    Raises:
        AccountsFileError: The file cannot be read, or breaks a rule.
    """
    tables = _tables(file)
    if reserved in tables:
        raise AccountsFileError(f"must not hold {reserved!r}: the ANTOM_ variables define that account")
    return {alias: _from_table(alias, table, file.parent) for alias, table in tables.items()}


def _tables(file: Path) -> Mapping[str, object]:
    try:
        document = tomllib.loads(file.read_text())
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        position = _POSITION.search(str(error))
        raise AccountsFileError(
            f"names a file that is not TOML {position[0] if position else ''}".rstrip()
        ) from None
    except (OSError, ValueError):
        raise AccountsFileError("names a file that cannot be read") from None
    tables = document.pop("accounts", None)
    if not isinstance(tables, dict) or document:
        raise AccountsFileError("must hold tables [accounts.NAME] and nothing else")
    return tables


def _from_table(alias: str, table: object, folder: Path) -> GatewayAccount:
    if not _ALIAS.fullmatch(alias):
        raise AccountsFileError(f"has an account name with characters that are not allowed: {alias!r}")
    try:
        fields = _known_fields(table)
        gateway_url, client_id = (_required(fields, name) for name in _PLAIN_FIELDS)
        private_key, public_keys = (_key_text(fields, name, folder) for name in _KEY_FIELDS)
        return build_account(gateway_url, client_id, private_key, public_keys, _limits(table))
    except AccountFieldError as problem:
        raise AccountsFileError(f"account {alias!r}: {problem}") from None


def _known_fields(table: object) -> dict[str, str]:
    """Returns the text fields. Raises AccountFieldError for another type, and for an unknown field."""
    if not isinstance(table, dict):
        raise AccountFieldError("it", "is not a table")
    for name in table:
        if name not in {*_TEXT_FIELDS, _CALLS_AT_ONCE, _CALLS_PER_SECOND}:
            raise AccountFieldError(repr(name), "is not a field of an account")
    texts = {name: value for name, value in table.items() if name in _TEXT_FIELDS}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise AccountFieldError(name, "must be a string")
    return texts


def _limits(table: object) -> CallLimits:
    fields = table if isinstance(table, dict) else {}
    at_once, per_second = fields.get(_CALLS_AT_ONCE), fields.get(_CALLS_PER_SECOND)
    # bool is a subclass of int in Python, so that isinstance would accept TOML's true
    if at_once is not None and type(at_once) is not int:
        raise AccountFieldError(_CALLS_AT_ONCE, "must be a whole number")
    if per_second is not None and type(per_second) not in (int, float):
        raise AccountFieldError(_CALLS_PER_SECOND, "must be a number")
    return CallLimits(at_once, per_second)


def _required(fields: Mapping[str, str], name: str) -> str:
    if not fields.get(name):
        raise AccountFieldError(name, "is missing")
    return fields[name]


def _key_text(fields: Mapping[str, str], name: str, folder: Path) -> str:
    """Reads the key from the file of `NAME_file`, or from the variable of `NAME_env`."""
    file, variable = fields.get(f"{name}_file"), fields.get(f"{name}_env")
    if bool(file) == bool(variable):
        raise AccountFieldError(f"{name}_file", f"or {name}_env must be set, one of them")
    if variable:
        text = os.environ.get(variable, "").strip()
        if not text:
            raise AccountFieldError(f"{name}_env", "names a variable that is not set")
        return text
    try:
        return (folder / str(file)).read_text().strip()
    except (OSError, ValueError):
        raise AccountFieldError(f"{name}_file", "names a file that cannot be read") from None


def _check_key(field: str, parse: Callable[[str], object], text: str) -> None:
    try:
        parse(text)
    except KeyFormatError as error:
        raise AccountFieldError(field, f"is malformed: {error}") from None
