"""Merchant accounts beyond the default one: a TOML file that refers to keys and never holds them.

    [accounts.shop-two]
    gateway_url = "https://open-sea-global.alipay.com"
    client_id = "5X00000000000001"
    merchant_private_key_file = "shop-two.key"      # or merchant_private_key_env = "SHOP_TWO_KEY"
    gateway_public_key_file = "antom.pub"           # or gateway_public_key_env
    calls_at_once = 20                              # optional, and
    calls_per_second = 10.0                         # so is this: of one worker

Files are looked up beside the TOML file. An alias rides in the notify URL, so it is letters, digits, `_`
and `-`.
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
_TEXTS = {*_PLAIN_FIELDS, *(f"{key}_{kind}" for key in _KEY_FIELDS for kind in ("file", "env"))}
_AT_ONCE, _PER_SECOND = "calls_at_once", "calls_per_second"
_WHERE = re.compile(r"\(at [a-z0-9, ]+\)$")
"""The end of what tomllib says; the rest may repeat what the file holds."""


class AccountProblem(Exception):
    """A field of an account breaks a rule; says which, never its value."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field} {rule}")
        self.field = field
        self.rule = rule


class AccountsFileProblem(Exception):
    """The accounts file breaks a rule; the text names alias and field."""


def account(
    gateway_url: str, client_id: str, private_key: str, public_keys: str, limits: CallLimits
) -> GatewayAccount:
    """An account with every field checked; `public_keys` are comma-separated. Raises AccountProblem."""
    separate = tuple(part.strip() for part in public_keys.split(","))
    _check_key("merchant_private_key", keys.load_private_key, private_key)
    for text in separate:
        _check_key("gateway_public_key", keys.load_public_key, text)
    try:
        return GatewayAccount(gateway_url, client_id, private_key, separate, limits)
    except AccountError as error:
        field, _, rule = str(error).partition(" ")
        raise AccountProblem(field.rstrip(":"), rule) from None


def accounts_from(file: Path, reserved: str) -> dict[str, GatewayAccount]:
    """Every account of the file by its alias, none of them `reserved`. Raises AccountsFileProblem."""
    tables = _tables(file)
    if reserved in tables:
        raise AccountsFileProblem(f"must not hold {reserved!r}: that account is made of the ANTOM_ variables")
    return {alias: _from_table(alias, table, file.parent) for alias, table in tables.items()}


def _tables(file: Path) -> Mapping[str, object]:
    try:
        document = tomllib.loads(file.read_text())
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        where = _WHERE.search(str(error))
        raise AccountsFileProblem(
            f"names a file that is not TOML {where[0] if where else ''}".rstrip()
        ) from None
    except (OSError, ValueError):
        raise AccountsFileProblem("names a file that cannot be read") from None
    tables = document.pop("accounts", None)
    if not isinstance(tables, dict) or document:
        raise AccountsFileProblem("must hold tables [accounts.NAME] and nothing else")
    return tables


def _from_table(alias: str, table: object, beside: Path) -> GatewayAccount:
    if not _ALIAS.fullmatch(alias):
        raise AccountsFileProblem(f"has a name of letters it cannot have: {alias!r}")
    try:
        fields = _known_fields(table)
        gateway_url, client_id = (_wanted(fields, name) for name in _PLAIN_FIELDS)
        private_key, public_keys = (_key_text(fields, name, beside) for name in _KEY_FIELDS)
        return account(gateway_url, client_id, private_key, public_keys, _limits(table))
    except AccountProblem as problem:
        raise AccountsFileProblem(f"account {alias!r}: {problem}") from None


def _known_fields(table: object) -> dict[str, str]:
    """The fields that are texts. Raises AccountProblem for one that is none, and for an unknown field."""
    if not isinstance(table, dict):
        raise AccountProblem("it", "is no table")
    for name in table:
        if name not in {*_TEXTS, _AT_ONCE, _PER_SECOND}:
            raise AccountProblem(repr(name), "is no field of an account")
    texts = {name: value for name, value in table.items() if name in _TEXTS}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise AccountProblem(name, "must be a string")
    return texts


def _limits(table: object) -> CallLimits:
    fields = table if isinstance(table, dict) else {}
    at_once, per_second = fields.get(_AT_ONCE), fields.get(_PER_SECOND)
    # TOML's true is Python's 1
    if at_once is not None and type(at_once) is not int:
        raise AccountProblem(_AT_ONCE, "must be a whole number")
    if per_second is not None and type(per_second) not in (int, float):
        raise AccountProblem(_PER_SECOND, "must be a number")
    return CallLimits(at_once, per_second)


def _wanted(fields: Mapping[str, str], name: str) -> str:
    if not fields.get(name):
        raise AccountProblem(name, "is missing")
    return fields[name]


def _key_text(fields: Mapping[str, str], name: str, beside: Path) -> str:
    """The key that `NAME_file` or `NAME_env` refers to."""
    file, variable = fields.get(f"{name}_file"), fields.get(f"{name}_env")
    if bool(file) == bool(variable):
        raise AccountProblem(f"{name}_file", f"or {name}_env must be set, one of them")
    if variable:
        text = os.environ.get(variable, "").strip()
        if not text:
            raise AccountProblem(f"{name}_env", "names a variable that is not set")
        return text
    try:
        return (beside / str(file)).read_text().strip()
    except (OSError, ValueError):
        raise AccountProblem(f"{name}_file", "names a file that cannot be read") from None


def _check_key(field: str, parse: Callable[[str], object], text: str) -> None:
    try:
        parse(text)
    except KeyFormatError as error:
        raise AccountProblem(field, f"is malformed: {error}") from None
