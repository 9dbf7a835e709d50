"""The authentication of users by a reverse proxy, which sends their name in a header.

Any client can send this header. It is accepted only on connections from the proxy itself, which has to remove
the header from the requests that it forwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.requests import Request

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class ProxyAuthentication:
    """A trusted reverse proxy.

    Attributes:
        header: The header that contains the user's name.
        users: The users who may decrypt payloads.
        addresses: The networks from which the proxy connects.
    """

    header: str
    users: frozenset[str]
    addresses: Sequence[Network]

    def user_of(self, request: Request) -> str | None:
        """Returns the user that the proxy has authenticated, or None when the user is not allowed."""
        named = request.headers.getlist(self.header)
        if len(named) != 1 or named[0] not in self.users:
            return None
        return named[0] if self._is_proxy(request) else None

    def _is_proxy(self, request: Request) -> bool:
        try:
            peer = ip_address(request.client.host if request.client else "")
        except ValueError:
            return False
        return any(peer in network for network in self.addresses)


def networks(text: str) -> Sequence[Network]:
    """Parses `address,network/bits,...`. Raises ValueError."""
    return [ip_network(part.strip()) for part in text.split(",")]
