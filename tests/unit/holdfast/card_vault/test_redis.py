"""The vault on a Redis or Valkey server: server-side expiry, outages and connections."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

import holdfast.card_vault.encryption
import holdfast.card_vault.redis
from holdfast.card_vault import (
    ENTRY_LIFETIME,
    CardNotFound,
    CardUnreadable,
    CardVault,
    VaultUnavailable,
    open_vault,
)
from holdfast.card_vault.redis import KEY_PREFIX, RedisCardVault
from holdfast.card_vault.redis_url import parse_redis_url
from tests.support.card_vault.cards import CARD, KEY_A, Clock, keys
from tests.support.card_vault.stores import ValkeyStore
from tests.support.card_vault.valkey_server import ValkeyServer, valkey
from tests.support.eventually import eventually


@pytest.fixture
def store(server: ValkeyServer) -> ValkeyStore:
    return ValkeyStore(server)


@pytest.fixture
async def own_server(tmp_path: Path) -> AsyncIterator[tuple[ValkeyServer, CardVault]]:
    """A server that only this test uses, and a vault on it."""
    with valkey(tmp_path) as server:
        vault = open_vault(server.url, keys(KEY_A))
        yield server, vault
        await vault.close()


async def test_server_expires_an_entry_itself(server: ValkeyServer, vault: CardVault) -> None:
    reference = await vault.put(CARD)
    remaining = server.client.pttl(KEY_PREFIX + reference)
    assert ENTRY_LIFETIME - timedelta(seconds=60) < timedelta(milliseconds=remaining) <= ENTRY_LIFETIME


async def test_entry_expired_on_the_server_is_not_found(
    server: ValkeyServer, vault: CardVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdfast.card_vault.redis, "ENTRY_LIFETIME", timedelta(milliseconds=50))
    reference = await vault.put(CARD)
    await eventually(lambda: server.client.dbsize() == 0)
    with pytest.raises(CardNotFound):
        await vault.get(reference)


@pytest.mark.parametrize("extension", [None, timedelta(days=1)])
async def test_entry_with_an_extended_server_expiry_is_not_found(
    server: ValkeyServer, vault: CardVault, clock: Clock, extension: timedelta | None
) -> None:
    reference = await vault.put(CARD)
    key = KEY_PREFIX + reference
    assert server.client.pexpire(key, extension) if extension else server.client.persist(key)
    clock.now += ENTRY_LIFETIME
    with pytest.raises(CardNotFound):
        await vault.get(reference)


@pytest.mark.parametrize(
    "value", [b"", b"x", b"1\na", b"one\na\nbox", b"1\n\xff\nbox", b"1\na\n" + b"x" * 40]
)
async def test_foreign_value_is_unreadable(server: ValkeyServer, vault: CardVault, value: bytes) -> None:
    reference = await vault.put(CARD)
    server.client.set(KEY_PREFIX + reference, value)
    with pytest.raises(CardUnreadable):
        await vault.get(reference)


async def test_evicted_entry_is_not_found(server: ValkeyServer, vault: CardVault) -> None:
    reference = await vault.put(CARD)
    server.client.flushall()
    with pytest.raises(CardNotFound):
        await vault.get(reference)


async def test_stopped_server_is_unavailable_until_it_is_restarted(
    own_server: tuple[ValkeyServer, CardVault],
) -> None:
    server, vault = own_server
    reference = await vault.put(CARD)
    server.stop()
    for operation in (
        vault.put(CARD),
        vault.get(reference),
        vault.delete(reference),
        vault.config_warnings(),
    ):
        with pytest.raises(VaultUnavailable, match=r"^card vault: ConnectionError$"):
            await operation
    server.start()
    with pytest.raises(CardNotFound):
        await vault.get(reference)
    assert await vault.get(await vault.put(CARD)) == CARD


async def test_put_succeeds_on_a_new_connection_after_a_server_restart(
    own_server: tuple[ValkeyServer, CardVault],
) -> None:
    server, vault = own_server
    await vault.put(CARD)
    server.stop()
    server.start()
    assert await vault.get(await vault.put(CARD)) == CARD


async def test_unresponsive_server_times_out_and_late_responses_are_discarded(
    own_server: tuple[ValkeyServer, CardVault], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, vault = own_server
    cards = [CARD.model_copy(update={"cvv": str(1000 + number)}) for number in range(40)]
    references = await asyncio.gather(*(vault.put(card) for card in cards))
    server.freeze()
    with monkeypatch.context() as short_timeout:
        short_timeout.setattr(holdfast.card_vault.redis, "OPERATION_TIMEOUT", timedelta(seconds=0.3))
        results = await asyncio.gather(*(vault.get(r) for r in references), return_exceptions=True)
    assert {str(result) for result in results} == {"card vault: TimeoutError"}
    server.thaw()
    assert await asyncio.gather(*(vault.get(r) for r in references)) == cards


@pytest.mark.parametrize("steps", range(8))
async def test_cancelled_get_ends_at_once_and_leaves_a_clean_connection(
    own_server: tuple[ValkeyServer, CardVault], steps: int
) -> None:
    server, vault = own_server
    cancelled, other = await vault.put(CARD), await vault.put(CARD.model_copy(update={"cvv": "0000"}))
    server.freeze()
    waiting = asyncio.create_task(vault.get(cancelled))
    for _ in range(steps):
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    server.thaw()
    assert (await vault.get(other)).cvv == "0000"


async def test_full_server_refuses_a_card_and_keeps_the_others(
    server: ValkeyServer, vault: CardVault
) -> None:
    kept = await vault.put(CARD)
    server.client.config_set("maxmemory", 1)
    try:
        with pytest.raises(VaultUnavailable, match="OutOfMemoryError"):
            await vault.put(CARD)
        assert await vault.get(kept) == CARD
    finally:
        server.client.config_set("maxmemory", 0)


async def test_concurrent_operations_share_a_limited_pool(server: ValkeyServer, vault: CardVault) -> None:
    before = len(server.client.client_list())
    await asyncio.gather(*(vault.put(CARD) for _ in range(200)))
    assert len(server.client.client_list()) - before <= holdfast.card_vault.redis._MAX_CONNECTIONS
    await vault.close()
    await eventually(lambda: len(server.client.client_list()) == before)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_vault_serves_a_new_event_loop_for_each_call(server: ValkeyServer) -> None:
    vault = RedisCardVault(parse_redis_url(server.url), keys(KEY_A))
    references = [await asyncio.to_thread(asyncio.run, vault.put(CARD)) for _ in range(5)]
    assert len(vault._clients) == 1
    assert {await vault.get(reference) == CARD for reference in references} == {True}
    await vault.close()


async def test_password_and_database_of_the_url_are_used(tmp_path: Path) -> None:
    with valkey(tmp_path, "--requirepass", "pass word/1") as server:
        server.client.connection_pool.connection_kwargs["password"] = "pass word/1"
        host = f"127.0.0.1:{server.port}"
        vault = open_vault(f"redis://:pass%20word%2F1@{host}/3", keys(KEY_A))
        reference = await vault.put(CARD)
        assert await vault.get(reference) == CARD
        assert server.client.info("keyspace").keys() == {"db3"}
        for wrong in (f"redis://:wrong@{host}/3", f"redis://{host}/3"):
            refused = open_vault(wrong, keys(KEY_A))
            with pytest.raises(VaultUnavailable, match="AuthenticationError"):
                await refused.get(reference)
            await refused.close()
        await vault.close()
