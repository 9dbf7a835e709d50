"""Card data appears only in the result of `get`: in no log, error, server command or file."""

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
from tests.unit.holdfast.card_vault.conftest import OpenVault

PAN, CVV, PIN = "4054695723100768", "9137", "86"
CRYPTOGRAM = "AAIBBYNoEQAAAAAAg4PyBhdAEQs="
CARD = CardData(
    cardNo=PAN, cvv=CVV, expiryMonth="11", expiryYear="38", cardPasswordDigest=PIN, cavv=CRYPTOGRAM
)
CARD_DATA_PATTERN = re.compile(
    f"{PAN[:12]}|{PAN[-8:]}|(?<![0-9a-f]){CVV}(?![0-9a-f])|{CRYPTOGRAM}|cavv|cardNo|cvv|expiryMonth|expiryYear|Digest"
)
"""A security code inside a longer hexadecimal number is not matched: it is part of a time or an address."""
KEY = "YWFhYWFhYWFhYWFhYWFh"


def assert_no_card_data(text: str | bytes) -> None:
    searched = text if isinstance(text, str) else text.decode("latin-1")
    assert not CARD_DATA_PATTERN.search(searched)
    assert KEY not in searched


async def failure_of(operation: Awaitable[object]) -> str:
    """Returns all that an error tracker can record: the chain of errors, with the locals of every frame."""
    with pytest.raises(CardVaultError) as caught:
        await operation
    shown = [repr(caught.value)]
    error: BaseException | None = caught.value
    while error is not None:
        frames = traceback.TracebackException.from_exception(error, capture_locals=True, max_group_depth=0)
        shown += frames.format(chain=False)
        error = error.__context__
    return "".join(shown)


async def run_entry_lifecycle(vault: CardVault) -> None:
    reference = await vault.put(CARD)
    assert await vault.get(reference) == CARD
    await vault.delete(reference)
    await vault.put(CARD)


def read_all_files(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_leak_check_detects_card_data_and_keys() -> None:
    for leaked in (CARD.model_dump_json(), f"card {PAN}", f"cvv={CVV}", KEY_A):
        with pytest.raises(AssertionError):
            assert_no_card_data(leaked)


async def test_logs_and_store_contain_no_card_data(
    vault: CardVault, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await run_entry_lifecycle(vault)
    assert_no_card_data(caplog.text)
    [kept] = store.references()
    assert store.read(kept)[2] in store.bytes_on_disk()
    assert_no_card_data(store.bytes_on_disk())
    assert_no_card_data(repr(vault) + str(vars(vault)))


async def test_failed_get_exposes_no_card_data(
    vault: CardVault, open_vault_with: OpenVault, store: Store
) -> None:
    reference = await vault.put(CARD)
    assert_no_card_data(await failure_of(open_vault_with(KEY_B).get(reference)))
    await vault.delete(reference)
    assert_no_card_data(await failure_of(vault.get(reference)))


@pytest.mark.parametrize("store", ["valkey"], indirect=True)
async def test_commands_to_the_server_contain_no_card_data(vault: CardVault, store: Store) -> None:
    assert isinstance(store, ValkeyStore)
    with store.server.monitored() as commands_seen:
        await run_entry_lifecycle(vault)
    commands = [line.partition(b'] "')[2] for line in bytes(commands_seen).splitlines()]
    assert {command.partition(b'"')[0].upper() for command in commands} >= {b"SET", b"GET", b"DEL"}
    assert_no_card_data(b"\n".join(commands))


async def test_failing_server_exposes_no_card_data(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with valkey(tmp_path, "--maxmemory", "1") as server:
        vault = open_vault(server.url, keys(KEY_A))
        shown = await failure_of(vault.put(CARD))
        server.stop()
        shown += await failure_of(vault.put(CARD)) + await failure_of(vault.get("card_1"))
        await vault.close()
    assert "OutOfMemoryError" in shown
    assert "ConnectionError" in shown
    assert_no_card_data(shown + caplog.text)


async def test_append_only_file_of_a_misconfigured_server_contains_no_card_data(tmp_path: Path) -> None:
    with valkey(tmp_path, "--appendonly", "yes", "--aof-use-rdb-preamble", "no") as server:
        vault = open_vault(server.url, keys(KEY_A))
        await run_entry_lifecycle(vault)
        await vault.close()
    content = read_all_files(tmp_path)
    assert b"holdfast:card_" in content
    assert_no_card_data(content)


@pytest.mark.parametrize(
    "wrong",
    [
        {"cardNo": f"{PAN} "},
        {"cvv": None},
        {"PIN": CVV},
        {"expiryMonth": 9},
        {"cavv": f"{PAN}!"},
        {"caav": ""},
    ],
)
def test_validation_error_of_card_data_contains_no_values(wrong: dict[str, object]) -> None:
    """A web framework returns `errors()` to the caller, and may log `json()`."""
    fields = {"cardNo": PAN, "cvv": CVV, "expiryMonth": "09", "expiryYear": "38"} | wrong
    with pytest.raises(ValidationError) as caught:
        CardData.model_validate({name: value for name, value in fields.items() if value is not None})
    exposed = str(caught.value) + str(caught.value.errors()) + caught.value.json()
    assert PAN not in exposed
    assert CVV not in exposed
    [detail] = caught.value.errors()
    assert detail["loc"] == (*wrong,)
