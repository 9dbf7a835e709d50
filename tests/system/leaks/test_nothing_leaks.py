"""Card data lies nowhere at all, and a person nowhere in clear: the real processes, searched everywhere."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.card_vault.stores import SqliteStore, Store, ValkeyStore
from tests.support.card_vault.valkey_server import valkey
from tests.support.leaks import marks
from tests.support.leaks.search import person_in
from tests.support.leaks.stored import opened
from tests.support.leaks.temporal_store import everything
from tests.system.leaks.payment_flows import EVERYTHING, WITH_A_CARD, Life, killed, outcomes_are_known
from tests.system.leaks.stack import LocalStack, running_house

KINDS = ("sqlite", "valkey")


@contextmanager
def kept_in(kind: str, folder: Path) -> Iterator[tuple[Store, str]]:
    """A card vault's store of that kind, and its URL."""
    if kind == "sqlite":
        yield SqliteStore(folder / "vault.db"), f"sqlite:///{folder}/vault.db"
        return
    (folder / "valkey").mkdir()
    with valkey(folder / "valkey", "--rdbcompression", "no") as server:
        yield ValkeyStore(server), server.url


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("kind", "lives"), [("sqlite", EVERYTHING), ("valkey", WITH_A_CARD)], ids=KINDS)
async def test_nothing_leaks(tmp_path: Path, kind: str, lives: Sequence[Life]) -> None:
    with kept_in(kind, tmp_path) as (store, url):
        async with running_house(tmp_path, store, url) as house:
            await asyncio.gather(*(life(house) for life in lives))
            if lives is EVERYTHING:
                await killed(house)
                assert len(house.told) > 3
            await outcomes_are_known(house)
            assert await house.leaks() == []
            await _assert_that_there_was_something_to_leak(house)


async def _assert_that_there_was_something_to_leak(house: LocalStack) -> None:
    held = [await opened(each.message, house.codec) async for each in everything(house.machine.client)]
    person = {finding.what for finding in person_in("what Temporal holds", b"\n".join(held))}
    assert person == {mark.name for mark in marks.PERSON}
    assert len(house.sealed) > len(WITH_A_CARD)
