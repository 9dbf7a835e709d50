"""The forms of values that several settings have: addresses, URLs, and texts that can be in a file."""

import re
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from holdfast.settings.errors import SettingsError

_BIND = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(?P<port>[0-9]{1,5})")


def split_url(url: str) -> SplitResult | None:
    """Splits a URL into its parts. Returns None when it is malformed."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def host_and_port(bind: str, variable: str) -> tuple[str, int]:
    """Parses `host:port`. Raises a SettingsError that names `variable`."""
    match = _BIND.fullmatch(bind)
    if match is None or int(match["port"]) > 65_535:
        raise SettingsError(variable, "must be host:port")
    return match["host"].strip("[]"), int(match["port"])


def required_text(variable: str, given: str | None, file: Path | None) -> str:
    """Returns what `variable_or_file` does. Raises SettingsError where neither is set."""
    text = variable_or_file(variable, given, file)
    if text is None:
        raise SettingsError(variable, "is missing")
    return text


def variable_or_file(variable: str, given: str | None, file: Path | None) -> str | None:
    """Returns the value of a variable, or the stripped content of the file that its `_FILE` variable names.

    Args:
        variable: The name of the variable.
        given: The value of the variable, if it is set.
        file: The value of its `_FILE` variable, if it is set.

    Returns:
        The value, or None when neither is set.

    Raises:
        SettingsError: Both are set, or the file cannot be read.
    """
    if given and file:
        raise SettingsError(variable, f"and {variable}_FILE are both set: give one of them")
    try:
        return file.read_text().strip() if file else given
    except (OSError, ValueError):
        raise SettingsError(f"{variable}_FILE", "names a file that cannot be read") from None
