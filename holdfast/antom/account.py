"""One merchant account at the gateway: the gateway's URL, the client id, and the two keys."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from math import inf
from urllib.parse import urlsplit

from holdfast.antom import keys
from holdfast.antom.errors import AccountError, KeyFormatError

_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
MAX_CONCURRENT_CALLS = 100
"""The number of connections that a client has."""


@dataclass(frozen=True)
class CallLimits:
    """How many calls one client makes concurrently, and how many it starts per second.

    Antom publishes no figures and answers `REQUEST_TRAFFIC_EXCEED_LIMIT` to a client that exceeds its own
    limits. None means no limit: `MAX_CONCURRENT_CALLS` calls concurrently, at any rate.
    """

    max_concurrent: int | None = None
    max_per_second: float | None = None


@dataclass(frozen=True)
class GatewayAccount:
    """What a client needs to make calls for a merchant.

    Attributes:
        gateway_url: The gateway's base URL without a path; plain http is accepted for loopback hosts alone.
        client_id: The client id; the prefix `SANDBOX_` selects the sandbox.
        merchant_private_key: The key that signs requests, as base64 PKCS#8 or PEM.
        gateway_public_keys: Antom's keys, as base64 SubjectPublicKeyInfo or PEM; several during a key change.
        limits: The limits of the calls that a client of this account makes.

    Raises:
        AccountError: A field has a value that cannot work; the message begins with the field's name.
    """

    gateway_url: str
    client_id: str
    merchant_private_key: str = field(repr=False)
    gateway_public_keys: tuple[str, ...]
    limits: CallLimits = CallLimits()

    def __post_init__(self) -> None:
        check_url(self.gateway_url)
        check_client_id(self.client_id)
        _check_private_key(self.merchant_private_key)
        _check_public_keys(self.gateway_public_keys)
        check_limits(self.limits)


def check_client_id(client_id: str) -> None:
    """Raises AccountError where the client id cannot be one of the gateway."""
    if not client_id or not client_id.isascii() or not client_id.isprintable():
        raise AccountError("client_id: must be printable ASCII and not empty")
    if " " in client_id:
        raise AccountError("client_id: must not contain spaces")


def check_url(url: str) -> None:
    """Raises AccountError where the URL cannot be the base URL of the gateway."""
    if not url.isprintable() or " " in url:
        raise AccountError("gateway_url: must not contain spaces or line ends")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise AccountError("gateway_url: is not a URL") from None
    if parts.scheme not in ("https", "http") or not host:
        raise AccountError("gateway_url: must be an https URL with a host")
    if not (_HOST.fullmatch(host) or _is_ip_address(host)) or "xn--" in host:
        raise AccountError("gateway_url: must name its host in ASCII")
    if parts.scheme == "http" and not is_loopback(host):
        raise AccountError("gateway_url: plain http is for loopback hosts alone, use https")
    if parts.username is not None or parts.password is not None:
        raise AccountError("gateway_url: must not contain a user or password")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise AccountError("gateway_url: must end after the host and port")


def is_loopback(host: str) -> bool:
    """Returns whether a host name or IP address is that of the loopback interface."""
    return host == "localhost" or (_is_ip_address(host) and ip_address(host).is_loopback)


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _check_private_key(text: str) -> None:
    try:
        keys.load_private_key(text)
    except KeyFormatError as error:
        raise AccountError(f"merchant_private_key: {error}") from None


def _check_public_keys(texts: tuple[str, ...]) -> None:
    if not texts:
        raise AccountError("gateway_public_keys: at least one key is required")
    for number, text in enumerate(texts, start=1):
        try:
            keys.load_public_key(text)
        except KeyFormatError as error:
            raise AccountError(f"gateway_public_keys: key {number}: {error}") from None


def check_limits(limits: CallLimits) -> None:
    """Raises AccountError where a limit is out of its range."""
    if limits.max_concurrent is not None and not 1 <= limits.max_concurrent <= MAX_CONCURRENT_CALLS:
        raise AccountError(f"calls_at_once: must be 1 to {MAX_CONCURRENT_CALLS}")
    if limits.max_per_second is not None and not 0 < limits.max_per_second < inf:
        raise AccountError("calls_per_second: must be above 0")
