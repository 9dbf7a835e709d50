"""The behavior of every card vault: each test runs on a SQLite file and on a Valkey server."""

import asyncio
import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
from pydantic import ValidationError

from holdfast.card_vault import CardData, CardKeyUnknown, CardNotFound, CardUnreadable, CardVault
from tests.support.card_vault.cards import CARD, KEY_A, KEY_B, Clock
from tests.support.card_vault.stores import RawEntry, Store
from tests.unit.holdfast.card_vault.conftest import OpenVault


async def test_get_returns_the_stored_card(vault: CardVault) -> None:
    card_with_pin = CARD.model_copy(update={"cardPasswordDigest": "12"})
    assert await vault.get(await vault.put(CARD)) == CARD
    assert await vault.get(await vault.put(card_with_pin)) == card_with_pin


@pytest.mark.parametrize("other_key", [KEY_B, "a:" + base64.b64encode(b"x" * 32).decode()])
async def test_entry_is_unreadable_with_a_wrong_key(
    vault: CardVault, open_vault_with: OpenVault, other_key: str
) -> None:
    reference = await vault.put(CARD)
    with pytest.raises(CardUnreadable) as caught:
        await open_vault_with(other_key).get(reference)
    assert str(caught.value) == "the card under this reference cannot be decrypted"
    assert caught.value.__suppress_context__


async def test_old_and_new_entries_are_readable_after_key_rotation(
    vault: CardVault, open_vault_with: OpenVault, store: Store
) -> None:
    old = await vault.put(CARD)
    rotated = open_vault_with(KEY_B, KEY_A)
    new = await rotated.put(CARD)
    assert [await rotated.get(old), await rotated.get(new)] == [CARD, CARD]
    assert [store.read(reference)[1] for reference in (old, new)] == ["a", "b"]


async def test_card_expires_after_fifteen_minutes(vault: CardVault, clock: Clock) -> None:
    reference = await vault.put(CARD)
    clock.now += timedelta(minutes=14, seconds=59)
    assert await vault.get(reference) == CARD
    clock.now += timedelta(seconds=1)
    with pytest.raises(CardNotFound):
        await vault.get(reference)


async def test_deleted_card_is_removed_from_the_disk(vault: CardVault, store: Store) -> None:
    reference = await vault.put(CARD)
    _, _, data = store.read(reference)
    assert data in store.bytes_on_disk()
    await vault.delete(reference)
    await vault.delete(reference)
    assert data not in store.bytes_on_disk()
    with pytest.raises(CardNotFound):
        await vault.get(reference)


async def test_delete_removes_only_the_given_card(vault: CardVault, store: Store) -> None:
    deleted, kept = await vault.put(CARD), await vault.put(CARD)
    await vault.delete(deleted)
    assert store.references() == {kept}


async def test_references_are_long_and_distinct(vault: CardVault) -> None:
    references = {await vault.put(CARD) for _ in range(20)}
    assert len(references) == 20
    assert all(r.startswith("card_") and len(r) >= 5 + 43 for r in references)
    with pytest.raises(CardNotFound):
        await vault.get("card_" + "A" * 43)


def _change_last_byte(raw: RawEntry) -> RawEntry:
    return (*raw[:2], raw[2][:-1] + bytes([raw[2][-1] ^ 1]))


def _extend_expiry(raw: RawEntry) -> RawEntry:
    return (raw[0] + 1, *raw[1:])


def _shorten_expiry(raw: RawEntry) -> RawEntry:
    return (raw[0] - 1, *raw[1:])


def _change_key_id(raw: RawEntry) -> RawEntry:
    return (raw[0], "b", raw[2])


def _remove_data(raw: RawEntry) -> RawEntry:
    return (*raw[:2], b"")


@pytest.mark.parametrize(
    "change", [_change_last_byte, _extend_expiry, _shorten_expiry, _change_key_id, _remove_data]
)
async def test_changed_entry_is_unreadable(
    vault: CardVault, store: Store, change: Callable[[RawEntry], RawEntry]
) -> None:
    reference = await vault.put(CARD)
    store.write(reference, change(store.read(reference)))
    with pytest.raises(CardUnreadable):
        await vault.get(reference)


async def test_entry_of_an_unknown_key_names_this_reason(
    vault: CardVault, open_vault_with: OpenVault
) -> None:
    """A process that has the key can read the card, so that the caller can wait for one."""
    reference = await open_vault_with(KEY_B, KEY_A).put(CARD)
    with pytest.raises(CardKeyUnknown):
        await vault.get(reference)


async def test_entry_moved_to_another_reference_is_unreadable(vault: CardVault, store: Store) -> None:
    changed, other = await vault.put(CARD), await vault.put(CARD)
    store.write(changed, store.read(other))
    with pytest.raises(CardUnreadable):
        await vault.get(changed)
    assert await vault.get(other) == CARD


async def test_two_vaults_share_one_store_concurrently(open_vault_with: OpenVault) -> None:
    one, two = open_vault_with(KEY_A), open_vault_with(KEY_A)
    references = await asyncio.gather(*(v.put(CARD) for v in [one, two] * 10))
    cards = await asyncio.gather(*(v.get(r) for r, v in zip(references, [two, one] * 10, strict=True)))
    assert cards == [CARD] * 20


async def test_concurrent_gets_return_their_own_cards(vault: CardVault) -> None:
    cards = [CARD.model_copy(update={"cvv": str(1000 + number)}) for number in range(40)]
    references = await asyncio.gather(*(vault.put(card) for card in cards))
    assert await asyncio.gather(*(vault.get(reference) for reference in references)) == cards


async def test_vault_serves_several_event_loops(vault: CardVault) -> None:
    reference = await vault.put(CARD)

    async def get_and_close() -> CardData:
        try:
            return await vault.get(reference)
        finally:
            await vault.close()

    loops = (asyncio.to_thread(asyncio.run, get_and_close()) for _ in range(3))
    assert await asyncio.gather(*loops) == [CARD] * 3
    assert await vault.get(reference) == CARD


async def test_closed_vault_can_be_used_again(vault: CardVault) -> None:
    reference = await vault.put(CARD)
    await vault.close()
    await vault.close()
    assert await vault.get(reference) == CARD


async def test_correctly_configured_store_has_no_warnings(vault: CardVault) -> None:
    assert list(await vault.config_warnings()) == []


async def test_sweep_keeps_entries_that_have_not_expired(vault: CardVault, store: Store) -> None:
    kept = await vault.put(CARD)
    await vault.sweep()
    assert store.references() == {kept}


def test_repr_and_errors_of_card_data_contain_no_values() -> None:
    assert repr(CARD) == "CardData()"
    assert str(CARD) == ""
    with pytest.raises(ValidationError) as caught:
        CardData(cardNo="4054695723100768x", cvv="73", expiryMonth="13", expiryYear="2029")
    assert "4054" not in str(caught.value)
    assert "2029" not in str(caught.value)
