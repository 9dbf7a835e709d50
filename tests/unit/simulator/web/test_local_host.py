"""A page whose name resolves to this machine reads and changes nothing of a server on a loopback address."""

import pytest

from simulator.web.local_host import is_rebound


@pytest.mark.parametrize(
    ("address", "host", "rebound"),
    [
        ("127.0.0.1", "evil.example:9000", True),
        ("127.0.0.1", "EVIL.example.", True),
        ("::1", "evil.example", True),
        ("127.0.0.1", "127.0.0.1.evil.example", True),
        ("127.0.0.1", "localhost.evil.example", True),
        ("127.0.0.1", "user@evil.example", True),
        ("127.0.0.1", "127.0.0.1:9000", False),
        ("127.0.0.1", "localhost:9000", False),
        ("127.0.0.1", "shop.localhost:9000", False),
        ("127.0.0.1", "simulator", False),
        ("127.0.0.1", "host.docker.internal:9000", False),
        ("::1", "[::1]:9000", False),
        ("127.0.0.1", None, False),
        ("172.17.0.2", "simulator.staging.example", False),
        ("testserver", "shop.example", False),
    ],
)
def test_name_of_a_site_in_the_internet_is_refused_on_a_loopback_address(
    address: str, host: str | None, rebound: bool
) -> None:
    headers = [] if host is None else [(b"host", host.encode())]
    assert is_rebound({"type": "http", "server": (address, 9000), "headers": headers}) is rebound


def test_server_on_a_socket_file_has_no_address() -> None:
    assert not is_rebound({"type": "http", "server": None, "headers": [(b"host", b"evil.example")]})
