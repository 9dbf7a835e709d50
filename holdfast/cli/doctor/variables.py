"""The environment variables that a check reads, and the check of one variable by its rule."""

from collections.abc import Callable, Mapping
from pathlib import Path

from holdfast.antom.errors import AccountError, KeyFormatError
from holdfast.card_vault import CardVaultError, KeyringError
from holdfast.cli.doctor.check import Area, Check, ok, problem, skipped
from holdfast.settings.accounts_file import AccountsFileError
from holdfast.settings.errors import SettingsError
from holdfast.settings.values import variable_or_file

Environment = Mapping[str, str]
Rule = Callable[[str], str]
"""Checks a value and returns what is shown of it, which is never a secret."""
SET_IT = "The operations page lists every setting."
_ERRORS = (SettingsError, KeyringError, CardVaultError, AccountError, KeyFormatError, AccountsFileError)


def value_of(environment: Environment, name: str) -> str | None:
    """Returns the value of a variable; None where it is not set or empty, which is the same."""
    return environment.get(name) or None


def text_of(environment: Environment, name: str) -> str | None:
    """Returns the value of a variable, or of the file that its `_FILE` variable names.

    Raises:
        SettingsError: Both are set, or the file cannot be read.
    """
    file = value_of(environment, f"{name}_FILE")
    return variable_or_file(name, value_of(environment, name), Path(file) if file else None)


def required(area: Area, environment: Environment, name: str, rule: Rule, advice: str) -> Check:
    """Checks a variable that must be set."""
    value = value_of(environment, name)
    if value is None:
        return problem(area, name, "is missing", advice)
    return by_rule(area, name, rule, value, advice)


def optional(area: Area, environment: Environment, name: str, rule: Rule, default: str) -> Check:
    """Checks a variable that has a default, which is described in `default`."""
    value = value_of(environment, name)
    if value is None:
        return skipped(area, name, f"not set: {default}")
    return by_rule(area, name, rule, value, f"Correct it, or remove it: {default}.")


def by_rule(area: Area, name: str, rule: Rule, value: str, advice: str) -> Check:
    """Checks a value by its rule."""
    try:
        return ok(area, name, rule(value))
    except _ERRORS as error:
        return problem(area, name, broken_rule(error), advice)


def broken_rule(error: Exception) -> str:
    """Returns what is wrong, without the name of the variable or field at the beginning."""
    if isinstance(error, SettingsError | KeyringError):
        return error.rule
    if isinstance(error, AccountError):
        return str(error).partition(": ")[2] or str(error)
    return str(error)


def whole_number(name: str, text: str) -> int:
    """Returns the number of a variable. Raises SettingsError."""
    try:
        return int(text)
    except ValueError:
        raise SettingsError(name, "must be a whole number") from None
