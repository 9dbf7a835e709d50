import asyncio
import base64
import os
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from card_vault import (
    KEPT_FOR,
    CardData,
    CardNotFound,
    CardUnreadable,
    CardVaultError,
    Keyring,
    KeyringError,
    SqliteCardVault,
    VaultUnavailable,
    open_vault,
)

CARD = CardData(cardNo="4054695723100768", cvv="737", expiryMonth="12", expiryYear="29")
KEY_A = "a:" + base64.b64encode(b"a" * 32).decode()
KEY_B = "b:" + base64.b64encode(b"b" * 32).decode()


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def keys(*parts: str) -> Keyring:
    return Keyring.parse(",".join(parts), "HOLDFAST_CARD_VAULT_KEYS")


def raw(path: Path) -> bytes:
    return path.read_bytes()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault.db"


@pytest.fixture
def vault(path: Path, clock: Clock) -> SqliteCardVault:
    return SqliteCardVault(path, keys(KEY_A), clock)


def execute(path: Path, statement: str, *parameters: object) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as db:
        rows = db.execute(statement, parameters).fetchall()
    db.close()
    return rows


async def test_what_was_put_comes_back(vault: SqliteCardVault) -> None:
    with_pin = CARD.model_copy(update={"cardPasswordDigest": "12"})
    assert await vault.open(await vault.put(CARD)) == CARD
    assert await vault.open(await vault.put(with_pin)) == with_pin


async def test_the_file_holds_no_card_data(vault: SqliteCardVault, path: Path) -> None:
    await vault.put(CARD)
    for secret in (b"4054695723100768", b"405469", b"0768", b"cardNo", b"737"):
        assert secret not in raw(path)


async def test_the_file_is_for_its_owner_alone(vault: SqliteCardVault, path: Path) -> None:
    await vault.put(CARD)
    assert mode(path) == 0o600
    os.chmod(path, 0o644)
    await vault.put(CARD)
    assert mode(path) == 0o600


@pytest.mark.parametrize("other", [KEY_B, "a:" + base64.b64encode(b"x" * 32).decode()])
async def test_a_wrong_key_opens_nothing_and_tells_nothing(
    vault: SqliteCardVault, path: Path, clock: Clock, other: str
) -> None:
    reference = await vault.put(CARD)
    with pytest.raises(CardUnreadable) as caught:
        await SqliteCardVault(path, keys(other), clock).open(reference)
    assert str(caught.value) == "the card under this reference cannot be opened"
    assert caught.value.__suppress_context__


async def test_after_a_rotation_old_and_new_entries_open(
    vault: SqliteCardVault, path: Path, clock: Clock
) -> None:
    old = await vault.put(CARD)
    rotated = SqliteCardVault(path, keys(KEY_B, KEY_A), clock)
    new = await rotated.put(CARD)
    assert [await rotated.open(old), await rotated.open(new)] == [CARD, CARD]
    assert {row[0] for row in execute(path, "SELECT key_id FROM card")} == {"a", "b"}


async def test_an_entry_is_gone_after_fifteen_minutes(
    vault: SqliteCardVault, path: Path, clock: Clock
) -> None:
    reference = await vault.put(CARD)
    clock.now += timedelta(minutes=14, seconds=59)
    assert await vault.open(reference) == CARD
    clock.now += timedelta(seconds=1)
    with pytest.raises(CardNotFound):
        await vault.open(reference)
    assert execute(path, "SELECT count(*) FROM card") == [(0,)]


async def test_a_put_sweeps_what_has_expired(vault: SqliteCardVault, path: Path, clock: Clock) -> None:
    await vault.put(CARD)
    clock.now += KEPT_FOR
    kept = await vault.put(CARD)
    assert execute(path, "SELECT reference FROM card") == [(kept,)]


async def test_a_deleted_card_is_gone_from_the_file(vault: SqliteCardVault, path: Path) -> None:
    reference = await vault.put(CARD)
    [(box,)] = execute(path, "SELECT box FROM card")
    assert isinstance(box, bytes)
    assert box in raw(path)
    await vault.delete(reference)
    await vault.delete(reference)
    assert box not in raw(path)
    with pytest.raises(CardNotFound):
        await vault.open(reference)


async def test_references_cannot_be_guessed(vault: SqliteCardVault) -> None:
    references = {await vault.put(CARD) for _ in range(20)}
    assert len(references) == 20
    assert all(r.startswith("card_") and len(r) >= 5 + 43 for r in references)
    with pytest.raises(CardNotFound):
        await vault.open("card_" + "A" * 43)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE card SET box = CAST(substr(box, 1, length(box) - 1) || x'00' AS BLOB)",
        "UPDATE card SET box = x''",
        "UPDATE card SET box = 12",
        "UPDATE card SET expires_at = expires_at + 1",
    ],
)
async def test_a_row_that_was_changed_does_not_open(vault: SqliteCardVault, path: Path, change: str) -> None:
    reference = await vault.put(CARD)
    execute(path, change)
    with pytest.raises(CardUnreadable):
        await vault.open(reference)


async def test_a_row_under_another_reference_does_not_open(vault: SqliteCardVault, path: Path) -> None:
    mine, theirs = await vault.put(CARD), await vault.put(CARD)
    execute(path, "UPDATE card SET box = (SELECT box FROM card WHERE reference = ?)", theirs)
    with pytest.raises(CardUnreadable):
        await vault.open(mine)


async def test_two_vaults_share_one_file_at_once(path: Path, clock: Clock) -> None:
    one, two = (SqliteCardVault(path, keys(KEY_A), clock) for _ in range(2))
    references = await asyncio.gather(*(v.put(CARD) for v in [one, two] * 10))
    cards = await asyncio.gather(*(v.open(r) for r, v in zip(references, [two, one] * 10, strict=True)))
    assert cards == [CARD] * 20


async def test_a_store_that_does_not_answer_is_told_apart(tmp_path: Path) -> None:
    vault = SqliteCardVault(tmp_path / "missing" / "vault.db", keys(KEY_A))
    with pytest.raises(VaultUnavailable):
        await vault.put(CARD)


def test_a_card_shows_nothing_of_itself() -> None:
    assert repr(CARD) == "CardData()"
    assert str(CARD) == ""
    with pytest.raises(ValidationError) as caught:
        CardData(cardNo="4054695723100768x", cvv="73", expiryMonth="13", expiryYear="2029")
    assert "4054" not in str(caught.value)
    assert "2029" not in str(caught.value)


async def test_a_vault_opens_by_url(tmp_path: Path) -> None:
    vault = open_vault(f"sqlite:///{tmp_path}/v.db", keys(KEY_A))
    assert await vault.open(await vault.put(CARD)) == CARD


@pytest.mark.parametrize("url", ["redis://localhost", "sqlite://", "sqlite:///", "vault.db", ""])
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(CardVaultError, match="only kind this version supports"):
        open_vault(url, keys(KEY_A))


SECRET = base64.b64encode(b"s3cret").decode()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "must read keyid:base64"),
        (SECRET, "must read keyid:base64"),
        (f"sp ace:{SECRET}", "must read keyid:base64"),
        (f"a:{SECRET}", "needs keys of 32 bytes: key 1 has 6"),
        (f"{KEY_A},b:{SECRET}!", "not base64: key 2"),
        (f"{KEY_A},{KEY_A}", "names the id of key 2 twice"),
        (f"{KEY_A},", "key 2 does not"),
    ],
)
def test_a_malformed_key_variable_is_named_and_never_repeated(text: str, rule: str) -> None:
    with pytest.raises(KeyringError, match=rule) as caught:
        Keyring.parse(text, "SOME_KEYS")
    assert str(caught.value).startswith("SOME_KEYS ")
    assert "s3cret" not in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_keyring_shows_no_keys() -> None:
    assert "AESGCM" not in repr(keys(KEY_A))
