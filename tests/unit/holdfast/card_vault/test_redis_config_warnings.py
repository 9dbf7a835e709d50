"""Warnings about a server that keeps cards too long or loses them: one line for each setting."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from holdfast.card_vault import VaultUnavailable, open_vault
from tests.support.card_vault.cards import CARD, KEY_A, keys
from tests.support.card_vault.valkey_server import ValkeyServer, valkey
from tests.support.eventually import eventually

CARD_VAULT = Path(__file__).parents[4] / "docs" / "operations" / "card-vault.md"


async def warnings_of(url: str) -> Sequence[str]:
    vault = open_vault(url, keys(KEY_A))
    try:
        return await vault.config_warnings()
    finally:
        await vault.close()


def manual_options() -> list[str]:
    """Returns the server settings of the operations manual as command line options."""
    [settings] = re.findall(r"^```\n(save .*?)^```$", CARD_VAULT.read_text(), re.MULTILINE | re.DOTALL)
    lines = [shlex.split(line) for line in settings.splitlines()]
    return [word for name, *values in lines for word in (f"--{name}", *values)]


async def test_server_configured_by_the_manual_works_without_warnings(tmp_path: Path) -> None:
    with valkey(tmp_path, *manual_options()) as server:
        vault = open_vault(server.url.replace("//", "//holdfast:PASSWORD@"), keys(KEY_A))
        reference = await vault.put(CARD)
        assert await vault.get(reference) == CARD
        await vault.delete(reference)
        assert list(await vault.config_warnings()) == []
        await vault.close()
        with pytest.raises(VaultUnavailable, match="AuthenticationError"):
            await warnings_of(server.url)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ("--maxmemory-policy", "allkeys-lru"),
            "maxmemory_policy is 'allkeys-lru': a full server drops cards",
        ),
        (
            ("--maxmemory-policy", "volatile-ttl"),
            "maxmemory_policy is 'volatile-ttl': a full server drops cards",
        ),
        (("--appendonly", "yes"), "aof_enabled is 1: the append-only file keeps cards"),
        (("--save", "3600 1 60 10000"), "save is '3600 1 60 10000': snapshots keep cards"),
        (("--cluster-enabled", "yes"), "cluster_enabled is 1: the vault does not support clusters"),
    ],
)
async def test_wrong_setting_is_named_with_its_reason(
    tmp_path: Path, options: tuple[str, ...], line: str
) -> None:
    with valkey(tmp_path, *options) as server:
        [warning] = await warnings_of(server.url)
    assert warning.startswith(line)


async def test_default_snapshot_settings_are_named(tmp_path: Path) -> None:
    with valkey(tmp_path) as server:
        server.client.config_set("save", "3600 1 300 100 60 10000")
        [warning] = await warnings_of(server.url)
    assert warning.endswith('set save ""')


async def test_replica_is_named_at_primary_and_replica(tmp_path: Path, server: ValkeyServer) -> None:
    replica_options = ("--replicaof", "127.0.0.1", str(server.port), "--repl-diskless-sync-delay", "0")
    with valkey(tmp_path, *replica_options) as replica:
        await eventually(lambda: server.client.info("replication")["connected_slaves"] == 1)
        [primary_warning] = await warnings_of(server.url)
        [replica_warning] = await warnings_of(replica.url)
    assert primary_warning.startswith("connected_slaves is 1: each replica holds the cards too")
    assert replica_warning.startswith("role is 'slave': a replica accepts no cards")
    await eventually(lambda: server.client.info("replication")["connected_slaves"] == 0)


async def test_withheld_setting_is_reported_as_unknown(server: ValkeyServer) -> None:
    denied = ["-config", "-info"]
    server.client.acl_setuser(
        "app", enabled=True, passwords=["+secret"], keys=["*"], categories=["+@all"], commands=denied
    )
    url = server.url.replace("//", "//app:secret@")
    try:
        assert {line.partition(":")[0] for line in await warnings_of(url)} == {
            f"{name} is 'unknown'"
            for name in (
                "maxmemory_policy",
                "aof_enabled",
                "save",
                "connected_slaves",
                "role",
                "cluster_enabled",
            )
        }
        server.client.acl_setuser("app", enabled=True, commands=["+info"])
        assert [line.partition(":")[0] for line in await warnings_of(url)] == ["save is 'unknown'"]
    finally:
        server.client.acl_deluser("app")
