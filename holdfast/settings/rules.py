"""The rules of single variables. Every function raises a SettingsError that names the variable."""

import re
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from holdfast.settings.error import SettingsError

NOTIFY_URL = "HOLDFAST_NOTIFY_URL"
NOTIFY_TOLERANCE = "HOLDFAST_NOTIFY_TOLERANCE"
MAX_TOLERANCE = 31 * 86_400
"""The longest tolerance in seconds."""
_PLAIN_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+/?")
_BIND = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(?P<port>[0-9]{1,5})")
_BUILD_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DEPLOYMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""A name without a dot: Temporal writes `deployment.build`, and sends no task to another name."""


def notify_url(url: str) -> str:
    """Returns the public URL of the webhook without a slash at its end."""
    parts = split_url(url)
    if parts is None or parts.scheme not in ("https", "http") or not parts.hostname:
        raise SettingsError(NOTIFY_URL, "must be an https URL")
    if not parts.path.strip("/"):
        raise SettingsError(NOTIFY_URL, "needs a path, as in https://pay.example.com/antom/notifications")
    if parts.query or parts.fragment or parts.username:
        raise SettingsError(NOTIFY_URL, "must hold no query, fragment or user")
    if not _PLAIN_PATH.fullmatch(parts.path) or {".", ".."} & set(parts.path.split("/")):
        raise SettingsError(NOTIFY_URL, "needs a path of letters, digits, / . _ ~ and - alone")
    return url.rstrip("/")


def seconds(variable: str, number: int, longest: int) -> int:
    """Returns a number of seconds between 1 and `longest`."""
    if not 1 <= number <= longest:
        raise SettingsError(variable, f"must be 1 to {longest} seconds")
    return number


def host_and_port(bind: str, variable: str) -> tuple[str, int]:
    """Parses `host:port`."""
    match = _BIND.fullmatch(bind)
    if match is None or int(match["port"]) > 65_535:
        raise SettingsError(variable, "must be host:port")
    return match["host"].strip("[]"), int(match["port"])


def build(build_id: str | None, deployment: str | None) -> None:
    """Checks the build of a worker and the deployment that routes payments to it."""
    if build_id is not None and not _BUILD_ID.fullmatch(build_id):
        raise SettingsError("HOLDFAST_BUILD_ID", "must be 1 to 64 letters, digits, . _ and -")
    if deployment is not None and not _DEPLOYMENT.fullmatch(deployment):
        raise SettingsError("HOLDFAST_DEPLOYMENT", "must be 1 to 64 letters, digits, _ and -")
    if deployment is not None and build_id is None:
        raise SettingsError("HOLDFAST_BUILD_ID", "is missing, and HOLDFAST_DEPLOYMENT needs it")


def split_url(url: str) -> SplitResult | None:
    """Splits a URL into its parts. Returns None when it is malformed."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


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
