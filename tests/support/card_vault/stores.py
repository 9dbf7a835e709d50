"""The two stores behind one face: what an attacker or an operator could do to either."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol, cast

from holdfast.card_vault import CardVault, Keyring, SqliteCardVault
from holdfast.card_vault.encryption import Clock
from holdfast.card_vault.redis import KEY_PREFIX, RedisCardVault
from holdfast.card_vault.redis_url import parse_redis_url
from tests.support.card_vault.valkey_server import ValkeyServer

Raw = tuple[int, str, bytes]
"""Expiry in milliseconds, key id, and what is sealed."""


class Store(Protocol):
    """Where entries are kept."""

    def vault(self, keys: Keyring, clock: Clock) -> CardVault:
        """A vault on this store; any number of them may share it."""

    def references(self) -> set[str]:
        """Of everything that is kept."""

    def read(self, reference: str) -> Raw:
        """What is kept under a reference."""

    def write(self, reference: str, raw: Raw) -> None:
        """Put something else there."""

    def bytes_on_disk(self) -> bytes:
        """What a thief of the disk would have; an operator has made a snapshot of a server's memory."""


class SqliteStore:
    """One file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def vault(self, keys: Keyring, clock: Clock) -> CardVault:
        return SqliteCardVault(self.path, keys, clock)

    def references(self) -> set[str]:
        return {str(row[0]) for row in self.execute("SELECT reference FROM card")}

    def read(self, reference: str) -> Raw:
        query = "SELECT expires_at, key_id, box FROM card WHERE reference = ?"
        [row] = self.execute(query, reference)
        return cast("Raw", row)

    def write(self, reference: str, raw: Raw) -> None:
        change = "UPDATE card SET expires_at = ?, key_id = ?, box = ? WHERE reference = ?"
        self.execute(change, *raw, reference)

    def bytes_on_disk(self) -> bytes:
        return self.path.read_bytes()

    def execute(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path)) as db, db:
            return db.execute(statement, parameters).fetchall()


class ValkeyStore:
    """One server."""

    def __init__(self, server: ValkeyServer) -> None:
        self.server = server

    def vault(self, keys: Keyring, clock: Clock) -> CardVault:
        return RedisCardVault(parse_redis_url(self.server.url), keys, clock)

    def references(self) -> set[str]:
        return {key.decode().removeprefix(KEY_PREFIX) for key in self.server.client.scan_iter()}

    def read(self, reference: str) -> Raw:
        value = self.server.client.get(KEY_PREFIX + reference)
        assert isinstance(value, bytes)
        expires_at, key_id, box = value.split(b"\n", 2)
        return int(expires_at), key_id.decode(), box

    def write(self, reference: str, raw: Raw) -> None:
        expires_at, key_id, box = raw
        value = b"%d\n%s\n%s" % (expires_at, key_id.encode(), box)
        self.server.client.set(KEY_PREFIX + reference, value, keepttl=True)

    def bytes_on_disk(self) -> bytes:
        self.server.client.save()
        return (self.server.folder / "dump.rdb").read_bytes()
