"""An operator is told of a server that keeps cards too long or loses them, in one line for each setting."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from holdfast.card_vault import VaultUnavailable, open_vault
from tests.support.card_vault.cards import CARD, KEY_A, keys
from tests.support.card_vault.valkey_server import ValkeyServer, valkey
from tests.support.eventually import eventually

OPERATIONS = Path(__file__).parents[4] / "docs" / "operations.md"


async def concerns(url: str) -> Sequence[str]:
    vault = open_vault(url, keys(KEY_A))
    try:
        return await vault.config_warnings()
    finally:
        await vault.close()


def manual() -> list[str]:
    """The server's settings as the operations manual gives them, as options of a command line."""
    [settings] = re.findall(r"^```\n(save .*?)^```$", OPERATIONS.read_text(), re.MULTILINE | re.DOTALL)
    lines = [shlex.split(line) for line in settings.splitlines()]
    return [word for name, *values in lines for word in (f"--{name}", *values)]


async def test_the_server_of_the_manual_is_of_no_concern_and_does_what_a_vault_needs(tmp_path: Path) -> None:
    with valkey(tmp_path, *manual()) as server:
        vault = open_vault(server.url.replace("//", "//holdfast:PASSWORD@"), keys(KEY_A))
        reference = await vault.put(CARD)
        assert await vault.get(reference) == CARD
        await vault.delete(reference)
        assert list(await vault.config_warnings()) == []
        await vault.close()
        with pytest.raises(VaultUnavailable, match="AuthenticationError"):
            await concerns(server.url)


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
async def test_a_setting_that_should_be_another_is_named(
    tmp_path: Path, options: tuple[str, ...], line: str
) -> None:
    with valkey(tmp_path, *options) as server:
        [said] = await concerns(server.url)
    assert said.startswith(line)


async def test_a_server_as_it_comes_takes_snapshots(tmp_path: Path) -> None:
    with valkey(tmp_path) as server:
        server.client.config_set("save", "3600 1 300 100 60 10000")
        [said] = await concerns(server.url)
    assert said.endswith('set save ""')


async def test_a_replica_is_named_from_both_sides(tmp_path: Path, server: ValkeyServer) -> None:
    of_it = ("--replicaof", "127.0.0.1", str(server.port), "--repl-diskless-sync-delay", "0")
    with valkey(tmp_path, *of_it) as replica:
        await eventually(lambda: server.client.info("replication")["connected_slaves"] == 1)
        [of_the_primary] = await concerns(server.url)
        [of_the_replica] = await concerns(replica.url)
    assert of_the_primary.startswith("connected_slaves is 1: each replica holds the cards too")
    assert of_the_replica.startswith("role is 'slave': a replica accepts no cards")
    await eventually(lambda: server.client.info("replication")["connected_slaves"] == 0)


async def test_what_the_server_does_not_tell_is_said_to_be_unknown(server: ValkeyServer) -> None:
    denied = ["-config", "-info"]
    server.client.acl_setuser(
        "app", enabled=True, passwords=["+secret"], keys=["*"], categories=["+@all"], commands=denied
    )
    url = server.url.replace("//", "//app:secret@")
    try:
        assert {line.partition(":")[0] for line in await concerns(url)} == {
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
        assert [line.partition(":")[0] for line in await concerns(url)] == ["save is 'unknown'"]
    finally:
        server.client.acl_deluser("app")
