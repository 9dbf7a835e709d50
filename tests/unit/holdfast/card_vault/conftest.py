from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from holdfast.card_vault import CardVault
from tests.support.card_vault.cards import KEY_A, Clock, keys
from tests.support.card_vault.stores import SqliteStore, Store, ValkeyStore
from tests.support.card_vault.valkey_server import ValkeyServer, valkey

Open = Callable[..., CardVault]


@pytest.fixture(scope="session")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """Snapshots only where a test makes one, and then in a form in which card data would be seen."""
    with valkey(tmp_path_factory.mktemp("valkey"), "--rdbcompression", "no") as server:
        yield server


@pytest.fixture
def server(one_server: ValkeyServer) -> ValkeyServer:
    """The same server for all tests, empty."""
    one_server.client.flushall()
    return one_server


@pytest.fixture(params=["sqlite", "valkey"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """What a test that takes it must find true of both."""
    if request.param == "sqlite":
        return SqliteStore(tmp_path / "vault.db")
    return ValkeyStore(request.getfixturevalue("server"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def open_vault_with(store: Store, clock: Clock) -> AsyncIterator[Open]:
    """Another vault on the store, with the keys given."""
    opened: list[CardVault] = []

    def another(*parts: str) -> CardVault:
        opened.append(store.vault(keys(*parts), clock))
        return opened[-1]

    yield another
    for each in opened:
        await each.close()


@pytest.fixture
def vault(open_vault_with: Open) -> CardVault:
    return open_vault_with(KEY_A)
