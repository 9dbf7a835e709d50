"""Where everything listens: the usual port, or another when that one is taken."""

import secrets
import socket
from contextlib import ExitStack, suppress
from dataclasses import dataclass

HOST = "127.0.0.1"
NAMES = {
    "temporal": "Temporal",
    "ui": "Temporal UI",
    "webhook": "webhook",
    "simulator": "gateway simulator",
    "checkout": "checkout page",
    "codec": "codec server",
}
"""What a person calls the owner of each port."""
_OTHERS = range(20_000, 32_000)
"""No system gives one of these to a connection that goes out (Linux begins at 32768)."""


@dataclass(frozen=True)
class Ports:
    """One port of the loopback interface for each server; the defaults are the preferred ones."""

    temporal: int = 7233
    ui: int = 8233
    webhook: int = 8080
    simulator: int = 8100
    checkout: int = 8000
    codec: int = 8234

    def url(self, name: str) -> str:
        """The base URL of one server."""
        return f"http://{HOST}:{getattr(self, name)}"

    @property
    def temporal_address(self) -> str:
        """As in TEMPORAL_ADDRESS."""
        return f"{HOST}:{self.temporal}"


def choose_ports(preferred: Ports | None = None) -> tuple[Ports, list[str]]:
    """Free ports, each another one, and a line for every preferred one that was taken."""
    wanted = preferred or Ports()
    chosen: dict[str, int] = {}
    # all are held until the last is chosen, or two could be the same
    with ExitStack() as held:
        for name in NAMES:
            chosen[name] = _port(held, getattr(wanted, name))
    ports = Ports(**chosen)
    return ports, [_replaced(name, wanted, ports) for name in NAMES if ports.url(name) != wanted.url(name)]


def free_ports(number: int) -> list[int]:
    """Ports that nothing listens on, and that no connection is given while their owner is down."""
    with ExitStack() as held:
        return [_other(held) for _ in range(number)]


def _port(held: ExitStack, preferred: int) -> int:
    try:
        held.enter_context(_bound(preferred))
    except OSError:
        return _other(held)
    return preferred


def _other(held: ExitStack) -> int:
    while True:
        port = secrets.choice(_OTHERS)
        with suppress(OSError):
            held.enter_context(_bound(port))
            return port


def _bound(port: int) -> socket.socket:
    """Bound as a server would be: what an ended connection still holds does not count as taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


def _replaced(name: str, wanted: Ports, chosen: Ports) -> str:
    return f"port {getattr(wanted, name)} is taken: {NAMES[name]} is on {getattr(chosen, name)}"
