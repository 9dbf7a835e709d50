"""A card vault on a Redis or Valkey server, for several machines.

Every value is sealed as a row of the SQLite file is. The server drops it when its time is up, and an entry
whose time somebody has prolonged there does not open. The server's own persistence must be off: what it has
written to disk stays there after the entry is deleted (`concerns`).
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from holdfast.card_vault.card import CardData
from holdfast.card_vault.encryption import CardSeal, Clock, Entry, utc_now
from holdfast.card_vault.errors import CardNotFound, CardUnreadable, VaultUnavailable
from holdfast.card_vault.keyring import Keyring, Sealed
from holdfast.card_vault.redis_config_warnings import concerns_of
from holdfast.card_vault.redis_url import RedisServer
from holdfast.card_vault.vault import KEPT_FOR

PREFIX = "holdfast:"
"""Of every key, for an ACL (`~holdfast:*`)."""
ANSWER_WITHIN = timedelta(seconds=5)
"""The longest a use of the vault takes, whatever the server and the network do."""
_CONNECT_SECONDS = 2.0
_CONNECTIONS = 16


class RedisCardVault:
    """`CardVault` on a server; several processes, machines and event loops may share it."""

    def __init__(self, server: RedisServer, keys: Keyring, clock: Clock = utc_now) -> None:
        self._server = server
        self._seal = CardSeal(keys, clock)
        self._clients: dict[asyncio.AbstractEventLoop, Redis] = {}

    async def put(self, card: CardData) -> str:
        """Seal a card and return its reference. Raises VaultUnavailable."""
        entry = self._seal.seal(card)
        async with self._answering() as server:
            await server.set(PREFIX + entry.reference, _value(entry), px=KEPT_FOR)
        return entry.reference

    async def open(self, reference: str) -> CardData:
        """The card under a reference. Raises CardNotFound, CardUnreadable, VaultUnavailable."""
        async with self._answering() as server:
            value = await server.get(PREFIX + reference)
        if not isinstance(value, bytes):
            raise CardNotFound
        return self._seal.open(_entry(reference, value))

    async def delete(self, reference: str) -> None:
        """Forget a card; no error when it is not there. Raises VaultUnavailable."""
        async with self._answering() as server:
            await server.delete(PREFIX + reference)

    async def sweep(self) -> None:
        """Nothing to do: the server drops what has expired."""

    async def concerns(self) -> Sequence[str]:
        """What of the server's configuration keeps cards too long, or loses them. Raises VaultUnavailable."""
        async with self._answering() as server:
            return await concerns_of(server)

    async def close(self) -> None:
        """Close the connections of this event loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            with suppress(RedisError, OSError):
                await client.aclose()

    @asynccontextmanager
    async def _answering(self) -> AsyncIterator[Redis]:
        """The client of this event loop; an error of the server or of the network is VaultUnavailable."""
        client = self._client()
        try:
            async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
                yield client
        except (RedisError, OSError) as error:
            if isinstance(error, TimeoutError):
                await _close_idle(client)
            raise VaultUnavailable(f"card vault: {type(error).__name__}") from None

    def _client(self) -> Redis:
        """Connections belong to the event loop that opened them; those of an ended one are dropped."""
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            for ended in [each for each in list(self._clients) if each.is_closed()]:
                self._clients.pop(ended, None)
            self._clients[loop] = Redis.from_pool(_pool(self._server))
        return self._clients[loop]


def _pool(server: RedisServer) -> BlockingConnectionPool:
    """Connects when it is used. What fails on a connection is tried once more, because the server may have
    closed it meanwhile: the same SET, GET or DEL does no harm. How long that may take is `ANSWER_WITHIN`:
    redis-py's own `socket_timeout` can lose a cancellation (it rests on `asyncio.wait_for` of Python 3.11).
    """
    return BlockingConnectionPool(
        connection_class=Connection if server.tls is None else SSLConnection,
        max_connections=_CONNECTIONS,
        timeout=None,
        host=server.host,
        port=server.port,
        db=server.db,
        username=server.username,
        password=server.password,
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=None,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 1),
        protocol=2,
        **(server.tls or {}),
    )


async def _close_idle(client: Redis) -> None:
    """Where one connection is dead without a word, those that idle beside it are too."""
    with suppress(RedisError, OSError):
        await client.connection_pool.disconnect(inuse_connections=False)


def _value(entry: Entry) -> bytes:
    return b"%d\n%s\n%s" % (entry.expires_at, entry.sealed.key_id.encode(), entry.sealed.box)


def _entry(reference: str, value: bytes) -> Entry:
    try:
        expires_at, key_id, box = value.split(b"\n", 2)
        return Entry(reference, int(expires_at), Sealed(key_id.decode(), box))
    except ValueError:
        raise CardUnreadable from None
