"""What is true of the vault on a Redis or Valkey server alone: its clock, its absence, its connections."""

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
async def lone(tmp_path: Path) -> AsyncIterator[tuple[ValkeyServer, CardVault]]:
    """A server that a test may hurt, and a vault on it."""
    with valkey(tmp_path) as own:
        vault = open_vault(own.url, keys(KEY_A))
        yield own, vault
        await vault.close()


async def test_the_server_drops_an_entry_by_itself(server: ValkeyServer, vault: CardVault) -> None:
    reference = await vault.put(CARD)
    left = server.client.pttl(KEY_PREFIX + reference)
    assert ENTRY_LIFETIME - timedelta(seconds=60) < timedelta(milliseconds=left) <= ENTRY_LIFETIME


async def test_an_entry_that_ran_out_on_the_server_is_not_found(
    server: ValkeyServer, vault: CardVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdfast.card_vault.redis, "ENTRY_LIFETIME", timedelta(milliseconds=50))
    reference = await vault.put(CARD)
    await eventually(lambda: server.client.dbsize() == 0)
    with pytest.raises(CardNotFound):
        await vault.get(reference)


@pytest.mark.parametrize("longer", [None, timedelta(days=1)])
async def test_a_longer_life_on_the_server_is_of_no_use(
    server: ValkeyServer, vault: CardVault, clock: Clock, longer: timedelta | None
) -> None:
    reference = await vault.put(CARD)
    key = KEY_PREFIX + reference
    assert server.client.pexpire(key, longer) if longer else server.client.persist(key)
    clock.now += ENTRY_LIFETIME
    with pytest.raises(CardNotFound):
        await vault.get(reference)


@pytest.mark.parametrize(
    "value", [b"", b"x", b"1\na", b"one\na\nbox", b"1\n\xff\nbox", b"1\na\n" + b"x" * 40]
)
async def test_a_value_of_somebody_else_does_not_open(
    server: ValkeyServer, vault: CardVault, value: bytes
) -> None:
    reference = await vault.put(CARD)
    server.client.set(KEY_PREFIX + reference, value)
    with pytest.raises(CardUnreadable):
        await vault.get(reference)


async def test_an_evicted_entry_is_not_found(server: ValkeyServer, vault: CardVault) -> None:
    reference = await vault.put(CARD)
    server.client.flushall()
    with pytest.raises(CardNotFound):
        await vault.get(reference)


async def test_a_server_that_is_down_is_told_apart_and_used_again_when_it_is_back(
    lone: tuple[ValkeyServer, CardVault],
) -> None:
    server, vault = lone
    reference = await vault.put(CARD)
    server.stop()
    for use in (vault.put(CARD), vault.get(reference), vault.delete(reference), vault.config_warnings()):
        with pytest.raises(VaultUnavailable, match=r"^card vault: ConnectionError$"):
            await use
    server.start()
    with pytest.raises(CardNotFound):
        await vault.get(reference)
    assert await vault.get(await vault.put(CARD)) == CARD


async def test_a_server_that_came_back_is_not_taken_for_the_old_connection(
    lone: tuple[ValkeyServer, CardVault],
) -> None:
    server, vault = lone
    await vault.put(CARD)
    server.stop()
    server.start()
    assert await vault.get(await vault.put(CARD)) == CARD


async def test_a_server_that_hangs_is_given_up_and_its_late_answers_reach_nobody(
    lone: tuple[ValkeyServer, CardVault], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, vault = lone
    cards = [CARD.model_copy(update={"cvv": str(1000 + number)}) for number in range(40)]
    references = await asyncio.gather(*(vault.put(card) for card in cards))
    server.freeze()
    with monkeypatch.context() as impatient:
        impatient.setattr(holdfast.card_vault.redis, "OPERATION_TIMEOUT", timedelta(seconds=0.3))
        given_up = await asyncio.gather(*(vault.get(r) for r in references), return_exceptions=True)
    assert {str(each) for each in given_up} == {"card vault: TimeoutError"}
    server.thaw()
    assert await asyncio.gather(*(vault.get(r) for r in references)) == cards


@pytest.mark.parametrize("steps", range(8))
async def test_whoever_is_cancelled_ends_at_once_and_leaves_nothing_for_the_next(
    lone: tuple[ValkeyServer, CardVault], steps: int
) -> None:
    server, vault = lone
    mine, theirs = await vault.put(CARD), await vault.put(CARD.model_copy(update={"cvv": "0000"}))
    server.freeze()
    waiting = asyncio.create_task(vault.get(mine))
    for _ in range(steps):
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    server.thaw()
    assert (await vault.get(theirs)).cvv == "0000"


async def test_a_full_server_refuses_a_card_and_drops_none(server: ValkeyServer, vault: CardVault) -> None:
    kept = await vault.put(CARD)
    server.client.config_set("maxmemory", 1)
    try:
        with pytest.raises(VaultUnavailable, match="OutOfMemoryError"):
            await vault.put(CARD)
        assert await vault.get(kept) == CARD
    finally:
        server.client.config_set("maxmemory", 0)


async def test_many_at_once_share_a_few_connections(server: ValkeyServer, vault: CardVault) -> None:
    before = len(server.client.client_list())
    await asyncio.gather(*(vault.put(CARD) for _ in range(200)))
    assert len(server.client.client_list()) - before <= holdfast.card_vault.redis._MAX_CONNECTIONS
    await vault.close()
    await eventually(lambda: len(server.client.client_list()) == before)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_a_merchant_with_a_new_event_loop_for_each_call_is_served(server: ValkeyServer) -> None:
    vault = RedisCardVault(parse_redis_url(server.url), keys(KEY_A))
    references = [await asyncio.to_thread(asyncio.run, vault.put(CARD)) for _ in range(5)]
    assert len(vault._clients) == 1
    assert {await vault.get(reference) == CARD for reference in references} == {True}
    await vault.close()


async def test_a_password_and_a_database_of_ones_own(tmp_path: Path) -> None:
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
