"""The real processes leave no card data in any place, and no personal data in plain text."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.card_vault.stores import SqliteStore, Store, ValkeyStore
from tests.support.card_vault.valkey_server import valkey
from tests.support.leaks import marks
from tests.support.leaks.search import person_in
from tests.support.leaks.stored import decoded
from tests.support.leaks.temporal_store import everything
from tests.system.leaks.payment_flows import (
    EVERYTHING,
    WITH_CARD,
    Flow,
    wait_until_cards_are_deleted,
    worker_killed,
)
from tests.system.leaks.scanned_system import ScannedSystem, running_scanned_system
from tools.local_stack.folder import Folder

KINDS = ("sqlite", "valkey")


@contextmanager
def card_store(kind: str, folder: Path) -> Iterator[tuple[Store, str | None]]:
    """Yields a card vault's store of that kind, and its URL where it is not the stack's own file."""
    if kind == "sqlite":
        yield SqliteStore(Folder(folder / "system").cards), None
        return
    (folder / "valkey").mkdir()
    with valkey(folder / "valkey", "--rdbcompression", "no") as server:
        yield ValkeyStore(server), server.url


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("kind", "flows"), [("sqlite", EVERYTHING), ("valkey", WITH_CARD)], ids=KINDS)
async def test_nothing_leaks(tmp_path: Path, kind: str, flows: Sequence[Flow]) -> None:
    with card_store(kind, tmp_path) as (store, url):
        async with running_scanned_system(tmp_path / "system", store, url) as scanned:
            await asyncio.gather(*(flow(scanned) for flow in flows))
            if flows is EVERYTHING:
                await worker_killed(scanned)
                assert len(scanned.errors) > 3
            await wait_until_cards_are_deleted(scanned)
            assert await scanned.leaks() == []
            await _assert_data_was_present(scanned)


async def _assert_data_was_present(scanned: ScannedSystem) -> None:
    stored = [await decoded(each.message, scanned.codec) async for each in everything(scanned.system.client)]
    person = {finding.what for finding in person_in("Temporal", b"\n".join(stored))}
    assert person == {mark.name for mark in marks.PERSON}
    assert len(scanned.ciphertexts) > len(WITH_CARD)
