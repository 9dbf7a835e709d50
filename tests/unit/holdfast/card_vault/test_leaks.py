"""Card data is nowhere but in the answer to `open`: not in a log, an error, on the wire or on a disk."""

import logging
import re
import traceback
from collections.abc import Awaitable
from pathlib import Path

import pytest
from pydantic import ValidationError

from holdfast.card_vault import CardData, CardVault, CardVaultError, open_vault
from tests.support.card_vault.cards import KEY_A, KEY_B, keys
from tests.support.card_vault.stores import Store, ValkeyStore
from tests.support.card_vault.valkey_server import valkey
from tests.unit.holdfast.card_vault.conftest import Open

PAN, CVV, PIN = "4054695723100768", "9137", "86"
CARD = CardData(cardNo=PAN, cvv=CVV, expiryMonth="11", expiryYear="38", cardPasswordDigest=PIN)
NEEDLES = re.compile(
    f"{PAN[:12]}|{PAN[-8:]}|(?<![0-9a-f]){CVV}(?![0-9a-f])|cardNo|cvv|expiryMonth|expiryYear|Digest"
)
"""A security code inside a longer number is a time of day, or an address."""
KEY = "YWFhYWFhYWFhYWFhYWFh"


def assert_clean(text: str | bytes) -> None:
    shown = text if isinstance(text, str) else text.decode("latin-1")
    assert not NEEDLES.search(shown)
    assert KEY not in shown


async def failure_of(use: Awaitable[object]) -> str:
    """All that a tool could write down of a failure: the chain of errors, with the locals of every frame."""
    with pytest.raises(CardVaultError) as caught:
        await use
    shown = [repr(caught.value)]
    error: BaseException | None = caught.value
    while error is not None:
        frames = traceback.TracebackException.from_exception(error, capture_locals=True, max_group_depth=0)
        shown += frames.format(chain=False)
        error = error.__context__
    return "".join(shown)


async def life_of(vault: CardVault) -> None:
    reference = await vault.put(CARD)
    assert await vault.get(reference) == CARD
    await vault.delete(reference)
    await vault.put(CARD)


def written_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_the_needles_are_found_where_they_are() -> None:
    for leaked in (CARD.model_dump_json(), f"card {PAN}", f"cvv={CVV}", KEY_A):
        with pytest.raises(AssertionError):
            assert_clean(leaked)


async def test_the_logs_and_the_store_hold_no_card_data(
    vault: CardVault, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await life_of(vault)
    assert_clean(caplog.text)
    [kept] = store.references()
    assert store.read(kept)[2] in store.bytes_on_disk()
    assert_clean(store.bytes_on_disk())
    assert_clean(repr(vault) + str(vars(vault)))


async def test_a_card_that_does_not_open_tells_nothing(
    vault: CardVault, open_vault_with: Open, store: Store
) -> None:
    reference = await vault.put(CARD)
    assert_clean(await failure_of(open_vault_with(KEY_B).get(reference)))
    await vault.delete(reference)
    assert_clean(await failure_of(vault.get(reference)))


@pytest.mark.parametrize("store", ["valkey"], indirect=True)
async def test_the_wire_holds_no_card_data(vault: CardVault, store: Store) -> None:
    assert isinstance(store, ValkeyStore)
    with store.server.watched() as seen:
        await life_of(vault)
    commands = [line.partition(b'] "')[2] for line in bytes(seen).splitlines()]
    assert {command.partition(b'"')[0].upper() for command in commands} >= {b"SET", b"GET", b"DEL"}
    assert_clean(b"\n".join(commands))


async def test_a_server_that_fails_tells_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with valkey(tmp_path, "--maxmemory", "1") as server:
        vault = open_vault(server.url, keys(KEY_A))
        shown = await failure_of(vault.put(CARD))
        server.stop()
        shown += await failure_of(vault.put(CARD)) + await failure_of(vault.get("card_1"))
        await vault.close()
    assert "OutOfMemoryError" in shown
    assert "ConnectionError" in shown
    assert_clean(shown + caplog.text)


async def test_what_a_server_writes_to_its_disk_against_all_advice_is_sealed(tmp_path: Path) -> None:
    with valkey(tmp_path, "--appendonly", "yes", "--aof-use-rdb-preamble", "no") as server:
        vault = open_vault(server.url, keys(KEY_A))
        await life_of(vault)
        await vault.close()
    written = written_in(tmp_path)
    assert b"holdfast:card_" in written
    assert_clean(written)


@pytest.mark.parametrize("wrong", [{"cardNo": f"{PAN} "}, {"cvv": None}, {"PIN": CVV}, {"expiryMonth": 9}])
def test_what_is_wrong_with_a_card_is_told_without_the_card(wrong: dict[str, object]) -> None:
    """A web framework answers with `errors()`, and a log of its own may hold `json()`."""
    fields = {"cardNo": PAN, "cvv": CVV, "expiryMonth": "09", "expiryYear": "38"} | wrong
    with pytest.raises(ValidationError) as caught:
        CardData.model_validate({name: value for name, value in fields.items() if value is not None})
    told = str(caught.value) + str(caught.value.errors()) + caught.value.json()
    assert PAN not in told
    assert CVV not in told
    [detail] = caught.value.errors()
    assert detail["loc"] == (*wrong,)
