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
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from holdfast.antom import keys
from holdfast.antom.account import CallLimits, GatewayAccount, check_client_id, check_limits, check_url
from holdfast.antom.errors import AccountError, KeyFormatError

T = TypeVar("T")

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


class AccountFieldErrors(Exception):
    """Fields of an account break rules.

    Attributes:
        problems: What is wrong with each field.
    """

    def __init__(self, problems: Sequence[AccountFieldError]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)


class AccountsFileError(Exception):
    """The accounts file breaks rules.

    Attributes:
        problems: The rules, each with the alias and the field that breaks it.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


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
        AccountFieldErrors: Fields break rules; it names all of them.
    """
    problems = [*value_problems(gateway_url, client_id, private_key, public_keys, limits)]
    if problems:
        raise AccountFieldErrors(problems)
    key_texts = tuple(part.strip() for part in public_keys.split(","))
    try:
        return GatewayAccount(gateway_url, client_id, private_key, key_texts, limits)
    except AccountError as error:
        raise AccountFieldErrors([_field_error(error)]) from None


def value_problems(
    gateway_url: str | None,
    client_id: str | None,
    private_key: str | None,
    public_keys: str | None,
    limits: CallLimits,
) -> Iterator[AccountFieldError]:
    """Yields what is wrong with each value of an account. A value that is None is not checked."""
    checks: list[Callable[[], object]] = [lambda: check_limits(limits)]
    if client_id is not None:
        checks.insert(0, lambda: check_client_id(client_id))
    if gateway_url is not None:
        checks.insert(0, lambda: check_url(gateway_url))
    for check in checks:
        try:
            check()
        except AccountError as error:
            yield _field_error(error)
    if private_key is not None:
        yield from _key_problems("merchant_private_key", keys.load_private_key, private_key)
    for text in public_keys.split(",") if public_keys is not None else ():
        yield from _key_problems("gateway_public_key", keys.load_public_key, text.strip())


def _field_error(error: AccountError) -> AccountFieldError:
    field, _, rule = str(error).partition(" ")
    return AccountFieldError(field.rstrip(":"), rule)


def read_accounts(file: Path, reserved: str) -> dict[str, GatewayAccount]:
    """Reads the accounts of a file, by alias.

    Args:
        file: The TOML file.
        reserved: The alias that the file must not contain.

    Raises:
        AccountsFileError: The file cannot be read, or breaks rules; it names all of them.
    """
    accounts, problems = {}, []
    for alias, table in _tables(file).items():
        if alias == reserved:
            problems.append(f"must not hold {reserved!r}: the ANTOM_ variables define that account")
            continue
        try:
            accounts[alias] = _from_table(alias, table, file.parent)
        except AccountsFileError as error:
            problems += error.problems
    if problems:
        raise AccountsFileError(*problems)
    return accounts


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
    reader = _TableReader(table, folder)
    problems = [*reader.problems, *value_problems(*reader.values, reader.limits)]
    if problems:
        raise AccountsFileError(*(f"account {alias!r}: {problem}" for problem in problems))
    gateway_url, client_id, private_key, public_keys = (value or "" for value in reader.values)
    return build_account(gateway_url, client_id, private_key, public_keys, reader.limits)


class _TableReader:
    """The values of one table, None where one is missing or wrong, and what is wrong with its fields."""

    def __init__(self, table: object, folder: Path) -> None:
        self.problems: list[AccountFieldError] = []
        self.values: tuple[str | None, str | None, str | None, str | None] = (None, None, None, None)
        self.limits = CallLimits()
        if not isinstance(table, dict):
            self.problems.append(AccountFieldError("it", "is not a table"))
            return
        self._refuse_unknown(table)
        texts = {name: value for name, value in table.items() if name in _TEXT_FIELDS}
        self.values = (
            self._read(lambda: _required(texts, "gateway_url")),
            self._read(lambda: _required(texts, "client_id")),
            self._read(lambda: _key_text(texts, "merchant_private_key", folder)),
            self._read(lambda: _key_text(texts, "gateway_public_key", folder)),
        )
        self.limits = self._read(lambda: _limits(table)) or CallLimits()

    def _refuse_unknown(self, table: Mapping[str, object]) -> None:
        known = {*_TEXT_FIELDS, _CALLS_AT_ONCE, _CALLS_PER_SECOND}
        unknown = (name for name in table if name not in known)
        self.problems += (AccountFieldError(repr(name), "is not a field of an account") for name in unknown)

    def _read(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except AccountFieldError as error:
            self.problems.append(error)
            return None


def _limits(fields: Mapping[str, object]) -> CallLimits:
    at_once, per_second = fields.get(_CALLS_AT_ONCE), fields.get(_CALLS_PER_SECOND)
    # TOML's true is no number, although bool is a subclass of int in Python
    if at_once is not None and (isinstance(at_once, bool) or not isinstance(at_once, int)):
        raise AccountFieldError(_CALLS_AT_ONCE, "must be a whole number")
    if per_second is not None and (isinstance(per_second, bool) or not isinstance(per_second, int | float)):
        raise AccountFieldError(_CALLS_PER_SECOND, "must be a number")
    return CallLimits(at_once, per_second)


def _text(fields: Mapping[str, object], name: str) -> str:
    """Returns the text of a field, which is empty where the field is absent."""
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise AccountFieldError(name, "must be a string")
    return value


def _required(fields: Mapping[str, object], name: str) -> str:
    text = _text(fields, name)
    if not text:
        raise AccountFieldError(name, "is missing")
    return text


def _key_text(fields: Mapping[str, object], name: str, folder: Path) -> str:
    """Reads the key from the file of `NAME_file`, or from the variable of `NAME_env`."""
    file, variable = _text(fields, f"{name}_file"), _text(fields, f"{name}_env")
    if bool(file) == bool(variable):
        raise AccountFieldError(f"{name}_file", f"or {name}_env must be set, one of them")
    if variable:
        text = os.environ.get(variable, "").strip()
        if not text:
            raise AccountFieldError(f"{name}_env", "names a variable that is not set")
        return text
    try:
        return (folder / file).read_text().strip()
    except (OSError, ValueError):
        raise AccountFieldError(f"{name}_file", "names a file that cannot be read") from None


def _key_problems(field: str, parse: Callable[[str], object], text: str) -> Iterator[AccountFieldError]:
    try:
        parse(text)
    except KeyFormatError as error:
        yield AccountFieldError(field, f"is malformed: {error}")
