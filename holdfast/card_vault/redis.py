"""A card vault on a Redis or Valkey server, for several machines.

Every value is encrypted like a row of the SQLite file. The server deletes an expired entry itself, and an
entry whose expiry was extended on the server cannot be read after its own expiry. The server's persistence
must be off, because what the server has written to disk remains there after an entry is deleted
(`config_warnings`).
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
from holdfast.card_vault.encryption import CardEncryptor, Clock, Entry, utc_now
from holdfast.card_vault.errors import CardNotFound, CardUnreadable, VaultUnavailable
from holdfast.card_vault.keyring import Ciphertext, Keyring
from holdfast.card_vault.redis_config_warnings import read_config_warnings
from holdfast.card_vault.redis_url import RedisServer
from holdfast.card_vault.vault import ENTRY_LIFETIME

KEY_PREFIX = "holdfast:"
"""The prefix of every key; an ACL can name it (`~holdfast:*`)."""
OPERATION_TIMEOUT = timedelta(seconds=5)
"""The longest time an operation of the vault takes, whatever the server and the network do."""
_CONNECT_TIMEOUT_SECONDS = 2.0
_MAX_CONNECTIONS = 16


class RedisCardVault:
    """A `CardVault` on a server, which several processes, machines and event loops may share."""

    def __init__(self, server: RedisServer, keys: Keyring, clock: Clock = utc_now) -> None:
        self._server = server
        self._encryptor = CardEncryptor(keys, clock)
        self._clients: dict[asyncio.AbstractEventLoop, Redis] = {}

    async def put(self, card: CardData) -> str:
        """Encrypts and stores a card, and returns its reference.

        Raises:
            VaultUnavailable: The server does not respond.
        """
        entry = self._encryptor.encrypt(card)
        async with self._connected() as server:
            await server.set(KEY_PREFIX + entry.reference, _serialize(entry), px=ENTRY_LIFETIME)
        return entry.reference

    async def get(self, reference: str) -> CardData:
        """Returns the card under a reference.

        Raises:
            CardNotFound: There is no entry under the reference, or it has expired.
            CardUnreadable: The entry cannot be decrypted.
            VaultUnavailable: The server does not respond.
        """
        async with self._connected() as server:
            value = await server.get(KEY_PREFIX + reference)
        if not isinstance(value, bytes):
            raise CardNotFound
        return self._encryptor.decrypt(_parse(reference, value))

    async def delete(self, reference: str) -> None:
        """Deletes a card; deleting an absent card is not an error.

        Raises:
            VaultUnavailable: The server does not respond.
        """
        async with self._connected() as server:
            await server.delete(KEY_PREFIX + reference)

    async def sweep(self) -> None:
        """Does nothing: the server deletes expired entries itself."""

    async def config_warnings(self) -> Sequence[str]:
        """Returns a line for each setting of the server that keeps cards too long, or loses them.

        Raises:
            VaultUnavailable: The server does not respond.
        """
        async with self._connected() as server:
            return await read_config_warnings(server)

    async def close(self) -> None:
        """Closes the connections of this event loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            with suppress(RedisError, OSError):
                await client.aclose()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Redis]:
        """Yields the client of this event loop; turns errors of server and network into VaultUnavailable."""
        client = self._client()
        try:
            async with asyncio.timeout(OPERATION_TIMEOUT.total_seconds()):
                yield client
        except (RedisError, OSError) as error:
            if isinstance(error, TimeoutError):
                await _close_idle(client)
            raise VaultUnavailable(f"card vault: {type(error).__name__}") from None

    def _client(self) -> Redis:
        """Returns the client of this event loop, and discards the clients of closed event loops."""
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            for closed in [each for each in list(self._clients) if each.is_closed()]:
                self._clients.pop(closed, None)
            self._clients[loop] = Redis.from_pool(_pool(self._server))
        return self._clients[loop]


def _pool(server: RedisServer) -> BlockingConnectionPool:
    """Returns a pool that connects on first use.

    A command that fails is tried once more, because the server may have closed an idle connection; a repeated
    SET, GET or DEL does no harm. `OPERATION_TIMEOUT` limits the whole operation: redis-py's own
    `socket_timeout` can lose a cancellation, because it uses `asyncio.wait_for` of Python 3.11.
    """
    return BlockingConnectionPool(
        connection_class=Connection if server.tls is None else SSLConnection,
        max_connections=_MAX_CONNECTIONS,
        timeout=None,
        host=server.host,
        port=server.port,
        db=server.db,
        username=server.username,
        password=server.password,
        socket_connect_timeout=_CONNECT_TIMEOUT_SECONDS,
        socket_timeout=None,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 1),
        protocol=2,
        **(server.tls or {}),
    )


async def _close_idle(client: Redis) -> None:
    """Closes the idle connections: after a timeout on one connection, the others are likely dead as well."""
    with suppress(RedisError, OSError):
        await client.connection_pool.disconnect(inuse_connections=False)


def _serialize(entry: Entry) -> bytes:
    ciphertext = entry.ciphertext
    return b"%d\n%s\n%s" % (entry.expires_at, ciphertext.key_id.encode(), ciphertext.data)


def _parse(reference: str, value: bytes) -> Entry:
    try:
        expires_at, key_id, data = value.split(b"\n", 2)
        return Entry(reference, int(expires_at), Ciphertext(key_id.decode(), data))
    except ValueError:
        raise CardUnreadable from None
