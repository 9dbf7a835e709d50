"""Users whom a reverse proxy has signed in and names in a header.

Anybody can write a header. It counts only when the connection comes from the proxy itself, and the proxy has
to take the header out of what it passes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.requests import Request

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class SignedInByProxy:
    """`header` names the user; `users` may see payments in clear; `addresses` are where the proxy connects
    from.
    """

    header: str
    users: frozenset[str]
    addresses: Sequence[Network]

    def user_of(self, request: Request) -> str | None:
        """The user, if the proxy says it and the user is one of those allowed."""
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
    """Read `address,network/bits,...`. Raises ValueError."""
    return [ip_network(part.strip()) for part in text.split(",")]
