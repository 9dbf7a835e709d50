"""The notify URL: whether the gateway can use it, and whether the webhook answers there."""

from urllib.parse import urlsplit, urlunsplit

import httpx

from holdfast.antom.account import is_loopback
from holdfast.cli.doctor.check import Area, Check, ok, problem, skipped, warning
from holdfast.cli.doctor.variables import Environment, required, value_of
from holdfast.settings import rules
from holdfast.settings.errors import SettingsError
from holdfast.settings.names import NOTIFY_URL

SECONDS = 5.0
_WEBHOOK = "webhook"
_URL = "Set it to the public URL of webhook.py, as in https://pay.example.com/antom/notifications"
_REACH = (
    "Start webhook.py, and check the proxy in front of it. Without it payments still learn their outcome by "
    "inquiry, but later."
)


async def notify_url_checks(environment: Environment) -> list[Check]:
    """Returns the checks of HOLDFAST_NOTIFY_URL and of what answers there."""
    checks = [required(Area.WEBHOOK, environment, NOTIFY_URL, rules.notify_url, _URL)]
    try:
        url = rules.notify_url(value_of(environment, NOTIFY_URL) or "")
    except SettingsError:
        return [*checks, skipped(Area.WEBHOOK, _WEBHOOK, "not known without the URL")]
    return [*checks, *_scheme(url), await _webhook(url)]


def _scheme(url: str) -> list[Check]:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return []
    if is_loopback(parts.hostname or ""):
        finding = "only a simulator on this machine can reach a loopback address"
    else:
        finding = "notifications travel without encryption"
    return [warning(Area.WEBHOOK, "scheme", finding, "Use a public https URL with the real gateway.")]


async def _webhook(url: str) -> Check:
    """Asks for the webhook's health; where a proxy hides it, an unsigned notification must be refused."""
    parts = urlsplit(url)
    health = urlunsplit((parts.scheme, parts.netloc, "/healthz", "", ""))
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=SECONDS) as http:
            if (await http.get(health)).is_success:
                return ok(Area.WEBHOOK, _WEBHOOK, "it answers")
            status = (await http.post(f"{url}/default", content=b"{}")).status_code
    except httpx.HTTPError as error:
        finding = f"it cannot be reached from here ({type(error).__name__})"
        return problem(Area.WEBHOOK, _WEBHOOK, finding, _REACH)
    if status == httpx.codes.UNAUTHORIZED:
        return ok(Area.WEBHOOK, _WEBHOOK, "it answers, and refuses what is not signed")
    return problem(Area.WEBHOOK, _WEBHOOK, f"something else answers there (status {status})", _REACH)
