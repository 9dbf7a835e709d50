"""The rule for the URL to which the gateway sends the buyer back.

The merchant's page, the gateway's page or an app opens it. A scheme that runs code or opens a local file is
refused everywhere; a scheme that an app has registered for itself is accepted where the buyer is in an app.
"""

import re
from urllib.parse import urlsplit

from pydantic_core import PydanticCustomError

from holdfast.antom.models.env import Env, TerminalType

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):[^\x00-\x20\x7f\\]+")
"""A scheme, and a rest without control characters, which browsers drop before they read the scheme."""
_WEB = frozenset({"https", "http"})
_NEVER = frozenset({"javascript", "data", "file", "vbscript"})
_IN_APPS = frozenset({TerminalType.APP, TerminalType.MINI_APP})

RULE = (
    "must be an https or http URL, or with env.terminalType APP or MINI_APP a URL of the app's own scheme, "
    "never javascript, data, file or vbscript"
)


def refuse_redirect(url: str, env: Env) -> None:
    """Refuses a redirect URL that is not for this environment.

    Raises:
        PydanticCustomError: The URL breaks the rule. The message does not repeat it.
    """
    if not is_redirect(url, env.terminalType):
        raise PydanticCustomError("redirect_url", "paymentRedirectUrl: {rule}", {"rule": RULE})


def is_redirect(url: str, terminal: TerminalType) -> bool:
    """Returns whether the buyer can be sent to this URL on this terminal."""
    match = _SCHEME.fullmatch(url)
    if match is None:
        return False
    scheme = match[1].lower()
    if scheme in _WEB:
        return _has_host(url)
    return scheme not in _NEVER and terminal in _IN_APPS


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False
