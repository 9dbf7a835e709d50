"""The disk of the card vault is full: a card that was used does not stay in the vault's file."""

from pathlib import Path

from holdfast import PaymentStatus
from tests.support.card_vault.full_disk import full_disk
from tests.support.card_vault.stores import SqliteStore
from tests.support.time_skipping import TimeSkipping
from tests.support.world import VISA, running_world


async def test_used_card_is_gone_from_the_file_although_the_disk_is_full(
    temporal: TimeSkipping, tmp_path: Path
) -> None:
    async with running_world(temporal, tmp_path, task_queue="full-disk") as world:
        store, reference = SqliteStore(tmp_path / "vault.db"), world.reference("full-disk")
        order = await world.order(reference, card=VISA)
        card_reference = order.paymentMethod.cardReference
        assert card_reference is not None
        content = store.read(card_reference)[2]
        with full_disk(store.path), temporal.with_time_skipping_disabled():
            payment = await world.payments.authorize(order)
        assert payment.status is PaymentStatus.AUTHORIZED
        assert content not in store.bytes_on_disk()
        assert store.references() == set()
        await world.payments.cancel(reference, "end of the test")
