"""What every card vault does, whatever stores the entries: each test runs on a file and on a real server."""

import asyncio
import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
from pydantic import ValidationError

from holdfast.card_vault import CardData, CardNotFound, CardUnreadable, CardVault
from tests.support.card_vault.cards import CARD, KEY_A, KEY_B, Clock
from tests.support.card_vault.stores import Raw, Store
from tests.unit.holdfast.card_vault.conftest import Open


async def test_what_was_put_comes_back(vault: CardVault) -> None:
    with_pin = CARD.model_copy(update={"cardPasswordDigest": "12"})
    assert await vault.get(await vault.put(CARD)) == CARD
    assert await vault.get(await vault.put(with_pin)) == with_pin


@pytest.mark.parametrize("other", [KEY_B, "a:" + base64.b64encode(b"x" * 32).decode()])
async def test_a_wrong_key_opens_nothing_and_tells_nothing(
    vault: CardVault, open_vault_with: Open, other: str
) -> None:
    reference = await vault.put(CARD)
    with pytest.raises(CardUnreadable) as caught:
        await open_vault_with(other).get(reference)
    assert str(caught.value) == "the card under this reference cannot be decrypted"
    assert caught.value.__suppress_context__


async def test_after_a_rotation_old_and_new_entries_open(
    vault: CardVault, open_vault_with: Open, store: Store
) -> None:
    old = await vault.put(CARD)
    rotated = open_vault_with(KEY_B, KEY_A)
    new = await rotated.put(CARD)
    assert [await rotated.get(old), await rotated.get(new)] == [CARD, CARD]
    assert [store.read(reference)[1] for reference in (old, new)] == ["a", "b"]


async def test_a_card_is_gone_after_fifteen_minutes(vault: CardVault, clock: Clock) -> None:
    reference = await vault.put(CARD)
    clock.now += timedelta(minutes=14, seconds=59)
    assert await vault.get(reference) == CARD
    clock.now += timedelta(seconds=1)
    with pytest.raises(CardNotFound):
        await vault.get(reference)


async def test_a_deleted_card_is_gone_from_the_disk(vault: CardVault, store: Store) -> None:
    reference = await vault.put(CARD)
    _, _, box = store.read(reference)
    assert box in store.bytes_on_disk()
    await vault.delete(reference)
    await vault.delete(reference)
    assert box not in store.bytes_on_disk()
    with pytest.raises(CardNotFound):
        await vault.get(reference)


async def test_one_card_is_deleted_and_no_other(vault: CardVault, store: Store) -> None:
    used, kept = await vault.put(CARD), await vault.put(CARD)
    await vault.delete(used)
    assert store.references() == {kept}


async def test_references_cannot_be_guessed(vault: CardVault) -> None:
    references = {await vault.put(CARD) for _ in range(20)}
    assert len(references) == 20
    assert all(r.startswith("card_") and len(r) >= 5 + 43 for r in references)
    with pytest.raises(CardNotFound):
        await vault.get("card_" + "A" * 43)


def _last_byte(raw: Raw) -> Raw:
    return (*raw[:2], raw[2][:-1] + bytes([raw[2][-1] ^ 1]))


def _longer_life(raw: Raw) -> Raw:
    return (raw[0] + 1, *raw[1:])


def _shorter_life(raw: Raw) -> Raw:
    return (raw[0] - 1, *raw[1:])


def _other_key(raw: Raw) -> Raw:
    return (raw[0], "b", raw[2])


def _nothing(raw: Raw) -> Raw:
    return (*raw[:2], b"")


@pytest.mark.parametrize("change", [_last_byte, _longer_life, _shorter_life, _other_key, _nothing])
async def test_an_entry_that_was_changed_does_not_open(
    vault: CardVault, store: Store, change: Callable[[Raw], Raw]
) -> None:
    reference = await vault.put(CARD)
    store.write(reference, change(store.read(reference)))
    with pytest.raises(CardUnreadable):
        await vault.get(reference)


async def test_an_entry_under_another_reference_does_not_open(vault: CardVault, store: Store) -> None:
    mine, theirs = await vault.put(CARD), await vault.put(CARD)
    store.write(mine, store.read(theirs))
    with pytest.raises(CardUnreadable):
        await vault.get(mine)
    assert await vault.get(theirs) == CARD


async def test_two_vaults_share_one_store_at_once(open_vault_with: Open) -> None:
    one, two = open_vault_with(KEY_A), open_vault_with(KEY_A)
    references = await asyncio.gather(*(v.put(CARD) for v in [one, two] * 10))
    cards = await asyncio.gather(*(v.get(r) for r, v in zip(references, [two, one] * 10, strict=True)))
    assert cards == [CARD] * 20


async def test_each_of_many_gets_its_own_card(vault: CardVault) -> None:
    cards = [CARD.model_copy(update={"cvv": str(1000 + number)}) for number in range(40)]
    references = await asyncio.gather(*(vault.put(card) for card in cards))
    assert await asyncio.gather(*(vault.get(reference) for reference in references)) == cards


async def test_one_vault_serves_several_event_loops(vault: CardVault) -> None:
    reference = await vault.put(CARD)

    async def elsewhere() -> CardData:
        try:
            return await vault.get(reference)
        finally:
            await vault.close()

    loops = (asyncio.to_thread(asyncio.run, elsewhere()) for _ in range(3))
    assert await asyncio.gather(*loops) == [CARD] * 3
    assert await vault.get(reference) == CARD


async def test_a_vault_that_was_closed_may_be_used_again(vault: CardVault) -> None:
    reference = await vault.put(CARD)
    await vault.close()
    await vault.close()
    assert await vault.get(reference) == CARD


async def test_a_store_as_it_should_be_is_of_no_concern(vault: CardVault) -> None:
    assert list(await vault.config_warnings()) == []


async def test_a_sweep_keeps_what_is_still_good(vault: CardVault, store: Store) -> None:
    kept = await vault.put(CARD)
    await vault.sweep()
    assert store.references() == {kept}


def test_a_card_shows_nothing_of_itself() -> None:
    assert repr(CARD) == "CardData()"
    assert str(CARD) == ""
    with pytest.raises(ValidationError) as caught:
        CardData(cardNo="4054695723100768x", cvv="73", expiryMonth="13", expiryYear="2029")
    assert "4054" not in str(caught.value)
    assert "2029" not in str(caught.value)
