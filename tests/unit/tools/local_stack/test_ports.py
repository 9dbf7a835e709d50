"""Ports that others use are left to them, and the person is told."""

import socket

import pytest

from tools.local_stack.ports import HOST, NAMES, Ports, choose_ports, free_ports


@pytest.fixture
def preferred() -> Ports:
    """Ports that nobody uses."""
    return Ports(*free_ports(len(NAMES)))


def test_free_ports_are_taken_as_preferred(preferred: Ports) -> None:
    assert choose_ports(preferred) == (preferred, [])


def test_a_port_that_is_taken_is_replaced_and_told(preferred: Ports) -> None:
    with socket.create_server((HOST, preferred.ui)):
        chosen, lines = choose_ports(preferred)
    assert chosen.ui != preferred.ui
    assert (chosen.temporal, chosen.checkout) == (preferred.temporal, preferred.checkout)
    assert lines == [f"port {preferred.ui} is taken: Temporal UI is on {chosen.ui}"]


def test_two_servers_never_get_the_same_port(preferred: Ports) -> None:
    wanted = preferred.temporal
    chosen, lines = choose_ports(Ports(*[wanted] * len(NAMES)))
    assert len({chosen.url(name) for name in NAMES}) == len(NAMES)
    assert len(lines) == len(NAMES) - 1


def test_addresses_are_of_this_machine_alone() -> None:
    assert Ports().url("checkout") == "http://127.0.0.1:8000"
    assert Ports().temporal_address == "127.0.0.1:7233"


def test_ports_of_ones_own_are_below_those_of_connections_that_go_out() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert max(ports) < 32_768


def test_a_port_that_is_taken_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    [taken, free] = free_ports(2)
    offered = iter([taken, free])
    monkeypatch.setattr("secrets.choice", lambda _: next(offered))
    with socket.create_server((HOST, taken)):
        assert free_ports(1) == [free]
