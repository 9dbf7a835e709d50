"""Direct access to the two stores of a card vault, as an attacker or an operator has it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol, cast

from holdfast.card_vault import CardVault, Keyring, SqliteCardVault
from holdfast.card_vault.encryption import Clock
from holdfast.card_vault.redis import KEY_PREFIX, RedisCardVault
from holdfast.card_vault.redis_url import parse_redis_url
from tests.support.card_vault.valkey_server import ValkeyServer

RawEntry = tuple[int, str, bytes]
"""Expiry in milliseconds since 1970, key id, and the encrypted bytes."""


class Store(Protocol):
    """A store of encrypted entries."""

    def vault(self, keys: Keyring, clock: Clock) -> CardVault:
        """Returns a vault on this store; any number of vaults may share it."""

    def references(self) -> set[str]:
        """Returns the references of all entries."""

    def read(self, reference: str) -> RawEntry:
        """Returns the entry under a reference."""

    def write(self, reference: str, raw: RawEntry) -> None:
        """Replaces the entry under a reference."""

    def bytes_on_disk(self) -> bytes:
        """Returns the bytes of the store on disk; a server first writes a snapshot of its memory."""


class SqliteStore:
    """A SQLite file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def vault(self, keys: Keyring, clock: Clock) -> CardVault:
        return SqliteCardVault(self.path, keys, clock)

    def references(self) -> set[str]:
        return {str(row[0]) for row in self.execute("SELECT reference FROM card")}

    def read(self, reference: str) -> RawEntry:
        query = "SELECT expires_at, key_id, box FROM card WHERE reference = ?"
        [row] = self.execute(query, reference)
        return cast("RawEntry", row)

    def write(self, reference: str, raw: RawEntry) -> None:
        change = "UPDATE card SET expires_at = ?, key_id = ?, box = ? WHERE reference = ?"
        self.execute(change, *raw, reference)

    def bytes_on_disk(self) -> bytes:
        return self.path.read_bytes()

    def execute(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path)) as db, db:
            return db.execute(statement, parameters).fetchall()


class ValkeyStore:
    """A Valkey server."""

    def __init__(self, server: ValkeyServer) -> None:
        self.server = server

    def vault(self, keys: Keyring, clock: Clock) -> CardVault:
        return RedisCardVault(parse_redis_url(self.server.url), keys, clock)

    def references(self) -> set[str]:
        return {key.decode().removeprefix(KEY_PREFIX) for key in self.server.client.scan_iter()}

    def read(self, reference: str) -> RawEntry:
        value = self.server.client.get(KEY_PREFIX + reference)
        assert isinstance(value, bytes)
        expires_at, key_id, data = value.split(b"\n", 2)
        return int(expires_at), key_id.decode(), data

    def write(self, reference: str, raw: RawEntry) -> None:
        expires_at, key_id, data = raw
        value = b"%d\n%s\n%s" % (expires_at, key_id.encode(), data)
        self.server.client.set(KEY_PREFIX + reference, value, keepttl=True)

    def bytes_on_disk(self) -> bytes:
        self.server.client.save()
        return (self.server.folder / "dump.rdb").read_bytes()
