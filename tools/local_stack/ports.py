"""The ports of all servers: the preferred port, or another one when that is in use."""

import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Self

HOST = "127.0.0.1"
NAMES = {
    "temporal": "Temporal",
    "ui": "Temporal UI",
    "webhook": "webhook",
    "simulator": "gateway simulator",
    "checkout": "checkout page",
    "codec": "codec server",
}
"""The display name of the server on each port."""
_OTHERS = range(20_000, 32_000)
"""No system uses these for outgoing connections (Linux begins at 32768)."""


@dataclass(frozen=True)
class Ports:
    """One port of the loopback interface for each server; the defaults are the preferred ports."""

    temporal: int = 7233
    ui: int = 8233
    webhook: int = 8080
    simulator: int = 8100
    checkout: int = 8000
    codec: int = 8234

    def url(self, name: str) -> str:
        """The base URL of one server."""
        return f"http://{HOST}:{getattr(self, name)}"

    @classmethod
    def free(cls) -> Self:
        """Returns ports that nothing listens on."""
        return cls(*free_ports(len(NAMES)))

    @property
    def temporal_address(self) -> str:
        """The value of TEMPORAL_ADDRESS."""
        return f"{HOST}:{self.temporal}"


@contextmanager
def reserved_ports(preferred: Ports | None = None) -> Iterator[tuple[Ports, list[str]]]:
    """Yields distinct free ports, and a line for each preferred port that is in use.

    They are reserved until the end of the block, so that no other run takes one before its server listens,
    which takes seconds. A reservation is the same port of UDP, which none of the servers uses. It ends with
    the process, however that ends.
    """
    preferences = preferred or Ports()
    chosen: dict[str, int] = {}
    with ExitStack() as reserved:
        # every port stays bound until the last one is chosen, so that all are distinct
        with ExitStack() as held:
            for name in NAMES:
                chosen[name] = _port(held, reserved, getattr(preferences, name))
        ports = Ports(**chosen)
        replaced = [name for name in NAMES if ports.url(name) != preferences.url(name)]
        yield ports, [_replaced(name, preferences, ports) for name in replaced]


def free_ports(number: int) -> list[int]:
    """Returns ports that nothing listens on, and that no outgoing connection can take meanwhile."""
    with ExitStack() as held:
        return [_other(held, held) for _ in range(number)]


def _port(held: ExitStack, reserved: ExitStack, preferred: int) -> int:
    try:
        return _taken(held, reserved, preferred)
    except OSError:
        return _other(held, reserved)


def _other(held: ExitStack, reserved: ExitStack) -> int:
    while True:
        with suppress(OSError):
            return _taken(held, reserved, secrets.choice(_OTHERS))


def _taken(held: ExitStack, reserved: ExitStack, port: int) -> int:
    """Returns the port once it is bound and reserved. Raises OSError where it is in use, or another run's."""
    held.enter_context(_bound(port))
    reservation = reserved.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    reservation.bind((HOST, port))
    return port


def _bound(port: int) -> socket.socket:
    """Binds as a server does: a port that only a closed connection holds is free."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


def _replaced(name: str, preferred: Ports, chosen: Ports) -> str:
    return f"port {getattr(preferred, name)} is in use: {NAMES[name]} is on {getattr(chosen, name)}"
