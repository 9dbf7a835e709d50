"""The rules of single variables. Every function raises a SettingsError that names the variable."""

import re

from holdfast.settings.errors import SettingsError, raise_all
from holdfast.settings.names import BUILD_ID, DEPLOYMENT, NOTIFY_URL
from holdfast.settings.values import split_url

MAX_TOLERANCE = 31 * 86_400
"""The longest tolerance in seconds."""
_PLAIN_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+/?")
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


def build(build_id: str | None, deployment: str | None) -> None:
    """Checks the build of a worker and the deployment that routes payments to it."""
    problems = []
    if build_id is not None and not _BUILD_ID.fullmatch(build_id):
        problems.append(SettingsError(BUILD_ID, "must be 1 to 64 letters, digits, . _ and -"))
    if deployment is not None and not _DEPLOYMENT.fullmatch(deployment):
        problems.append(SettingsError(DEPLOYMENT, "must be 1 to 64 letters, digits, _ and -"))
    elif deployment is not None and build_id is None:
        problems.append(SettingsError(BUILD_ID, f"is missing, and {DEPLOYMENT} needs it"))
    raise_all(problems)
