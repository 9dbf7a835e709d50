"""A port in use is replaced, with a line that says so."""

import socket

import pytest

from tools.local_stack.ports import HOST, NAMES, Ports, free_ports, reserved_ports


@pytest.fixture
def preferred() -> Ports:
    """Ports that are free."""
    return Ports.free()


def test_free_preferred_ports_are_chosen(preferred: Ports) -> None:
    with reserved_ports(preferred) as chosen:
        assert chosen == (preferred, [])


def test_preferred_port_in_use_is_replaced(preferred: Ports) -> None:
    with socket.create_server((HOST, preferred.ui)), reserved_ports(preferred) as (chosen, lines):
        pass
    assert chosen.ui != preferred.ui
    assert (chosen.temporal, chosen.checkout) == (preferred.temporal, preferred.checkout)
    assert lines == [f"port {preferred.ui} is in use: Temporal UI is on {chosen.ui}"]


def test_second_run_takes_no_port_of_a_run_whose_servers_do_not_listen_yet(preferred: Ports) -> None:
    with reserved_ports(preferred) as (first, _), reserved_ports(preferred) as (second, lines):
        assert first == preferred
        assert not {first.url(name) for name in NAMES} & {second.url(name) for name in NAMES}
        assert len(lines) == len(NAMES)
        with socket.create_server((HOST, first.webhook)):
            pass
    with reserved_ports(preferred) as chosen:
        assert chosen == (preferred, []), "a run that has ended reserves nothing"


def test_ports_are_distinct(preferred: Ports) -> None:
    port = preferred.temporal
    with reserved_ports(Ports(*[port] * len(NAMES))) as (chosen, lines):
        pass
    assert len({chosen.url(name) for name in NAMES}) == len(NAMES)
    assert len(lines) == len(NAMES) - 1


def test_addresses_are_local() -> None:
    assert Ports().url("checkout") == "http://127.0.0.1:8000"
    assert Ports().temporal_address == "127.0.0.1:7233"


def test_free_ports_are_below_those_of_outgoing_connections() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert max(ports) < 32_768


def test_port_in_use_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    [taken, free] = free_ports(2)
    offered = iter([taken, free])
    monkeypatch.setattr("secrets.choice", lambda _: next(offered))
    with socket.create_server((HOST, taken)):
        assert free_ports(1) == [free]
