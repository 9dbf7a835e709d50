"""Recognises requests that a page of another site makes by DNS rebinding.

Such a page has its own name resolve to 127.0.0.1 after it is loaded. A browser then takes a server on the
same machine for the page's own, and only the Host header of the request shows the name. A server that listens
on a loopback address is called by a name that no site in the internet can have, or by an address.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

_RESERVED = ("localhost", "test", "internal")
"""Top-level domains that are not in the public DNS (RFC 6761, ICANN 2024-07-29)."""


def is_rebound(scope: Scope) -> bool:
    """Returns whether a request to a loopback address names a host of the internet."""
    server = scope.get("server")
    return server is not None and _is_loopback(server[0]) and not _is_local(Headers(scope=scope).get("host"))


def _is_local(host: str | None) -> bool:
    name = _name_of(host or "")
    if not name or "." not in name or name.endswith(tuple(f".{each}" for each in _RESERVED)):
        return True
    return _is_address(name)


def _name_of(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return host


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    return _is_address(address) and ip_address(address).is_loopback
