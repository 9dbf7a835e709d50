"""One merchant account at the gateway: where it is, who we are, and the two keys."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from math import inf
from urllib.parse import urlsplit

from holdfast.antom import keys
from holdfast.antom.errors import AccountError, KeyFormatError

_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
MOST_AT_ONCE = 100
"""A client has no more connections."""


@dataclass(frozen=True)
class CallLimits:
    """How much one client asks of the gateway: calls at one time, and calls begun per second.

    Antom publishes no figures and answers `REQUEST_TRAFFIC_EXCEED_LIMIT` to whoever asks too much; None is
    what `MOST_AT_ONCE` allows.
    """

    at_once: int | None = None
    per_second: float | None = None


@dataclass(frozen=True)
class GatewayAccount:
    """What a client needs to speak for a merchant. AccountError, beginning with the field's name, when it
    cannot work.

    `gateway_url` has no path; plain http is accepted for loopback hosts alone. `gateway_public_keys` are
    Antom's, several during a key change. `client_id` with the prefix `SANDBOX_` selects the sandbox.
    """

    gateway_url: str
    client_id: str
    merchant_private_key: str = field(repr=False)
    gateway_public_keys: tuple[str, ...]
    limits: CallLimits = CallLimits()

    def __post_init__(self) -> None:
        _check_url(self.gateway_url)
        if not self.client_id or not self.client_id.isascii() or not self.client_id.isprintable():
            raise AccountError("client_id: must be printable ASCII and not empty")
        if " " in self.client_id:
            raise AccountError("client_id: must not hold spaces")
        _check_private_key(self.merchant_private_key)
        _check_public_keys(self.gateway_public_keys)
        _check_limits(self.limits)


def _check_url(url: str) -> None:
    if not url.isprintable() or " " in url:
        raise AccountError("gateway_url: must not hold spaces or line ends")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise AccountError("gateway_url: is no URL") from None
    if parts.scheme not in ("https", "http") or not host:
        raise AccountError("gateway_url: must be an https URL with a host")
    if not (_HOST.fullmatch(host) or _is_address(host)) or "xn--" in host:
        raise AccountError("gateway_url: must name its host in ASCII")
    if parts.scheme == "http" and not is_loopback(host):
        raise AccountError("gateway_url: plain http is for loopback hosts alone, use https")
    if parts.username is not None or parts.password is not None:
        raise AccountError("gateway_url: must not hold a user or password")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise AccountError("gateway_url: must end after the host and port")


def is_loopback(host: str) -> bool:
    """Whether a host's name or address stays on this machine."""
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _check_private_key(text: str) -> None:
    try:
        keys.private_key(text)
    except KeyFormatError as error:
        raise AccountError(f"merchant_private_key: {error}") from None


def _check_public_keys(texts: tuple[str, ...]) -> None:
    if not texts:
        raise AccountError("gateway_public_keys: at least one key is required")
    for number, text in enumerate(texts, start=1):
        try:
            keys.public_key(text)
        except KeyFormatError as error:
            raise AccountError(f"gateway_public_keys: key {number}: {error}") from None


def _check_limits(limits: CallLimits) -> None:
    if limits.at_once is not None and not 1 <= limits.at_once <= MOST_AT_ONCE:
        raise AccountError(f"calls_at_once: must be 1 to {MOST_AT_ONCE}")
    if limits.per_second is not None and not 0 < limits.per_second < inf:
        raise AccountError("calls_per_second: must be above 0")
