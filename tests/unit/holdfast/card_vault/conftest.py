from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from holdfast.card_vault import CardVault
from tests.support.card_vault.cards import KEY_A, Clock, keys
from tests.support.card_vault.stores import SqliteStore, Store, ValkeyStore
from tests.support.card_vault.valkey_server import ValkeyServer, valkey

OpenVault = Callable[..., CardVault]


@pytest.fixture(scope="session")
def session_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """A server whose snapshots are uncompressed, so that a search would find card data in them."""
    with valkey(tmp_path_factory.mktemp("valkey"), "--rdbcompression", "no") as server:
        yield server


@pytest.fixture
def server(session_server: ValkeyServer) -> ValkeyServer:
    """The shared server, emptied before each test."""
    session_server.client.flushall()
    return session_server


@pytest.fixture(params=["sqlite", "valkey"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Each store in turn: a test with this fixture runs on both."""
    if request.param == "sqlite":
        return SqliteStore(tmp_path / "vault.db")
    return ValkeyStore(request.getfixturevalue("server"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def open_vault_with(store: Store, clock: Clock) -> AsyncIterator[OpenVault]:
    """Opens further vaults on the store, with the given keys."""
    opened: list[CardVault] = []

    def open_with(*parts: str) -> CardVault:
        opened.append(store.vault(keys(*parts), clock))
        return opened[-1]

    yield open_with
    for each in opened:
        await each.close()


@pytest.fixture
def vault(open_vault_with: OpenVault) -> CardVault:
    return open_vault_with(KEY_A)
