"""`store_card` puts card data into the vault only."""

import traceback
from collections.abc import Sequence

import pytest

from holdfast import HoldfastError, NoCardVault
from holdfast.card_vault import CardData, VaultUnavailable
from tests.support.fake_temporal import Untouchable, client_of
from tests.support.orders import PAN

CARD = CardData(cardNo=PAN, cvv="987", expiryMonth="12", expiryYear="39", cardPasswordDigest="42")
SECRETS = (PAN, "987")


class Vault:
    """A vault that records its cards, or is unavailable."""

    def __init__(self, *, unavailable: bool = False) -> None:
        self.cards: dict[str, CardData] = {}
        self._unavailable = unavailable

    async def put(self, card: CardData) -> str:
        if self._unavailable:
            raise VaultUnavailable("the vault does not answer")
        reference = f"card_{len(self.cards):020}"
        self.cards[reference] = card
        return reference

    async def get(self, reference: str) -> CardData:
        return self.cards[reference]

    async def sweep(self) -> None:
        """Does nothing, because its entries do not expire."""

    async def config_warnings(self) -> Sequence[str]:
        return ()

    async def close(self) -> None:
        """Does nothing, because it has no connection."""

    async def delete(self, reference: str) -> None:
        self.cards.pop(reference, None)


def shown(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error)


async def test_store_card_puts_the_card_into_the_vault_and_returns_a_reference() -> None:
    vault = Vault()
    reference = await client_of(Untouchable(), vault=vault).store_card(CARD)
    assert vault.cards == {reference: CARD}
    assert not any(secret in reference for secret in SECRETS)


async def test_store_card_without_vault_raises_no_card_vault() -> None:
    with pytest.raises(NoCardVault, match="without a vault") as caught:
        await client_of(Untouchable()).store_card(CARD)
    assert isinstance(caught.value, HoldfastError)
    assert not any(secret in shown(caught.value) for secret in SECRETS)


async def test_error_of_unavailable_vault_contains_no_card_data() -> None:
    with pytest.raises(VaultUnavailable) as caught:
        await client_of(Untouchable(), vault=Vault(unavailable=True)).store_card(CARD)
    assert not any(secret in shown(caught.value) for secret in SECRETS)


def test_repr_of_card_contains_no_card_data() -> None:
    assert (repr(CARD), str(CARD), f"{CARD}") == ("CardData()", "", "")


@pytest.mark.parametrize(
    "wrong",
    [{"cardNo": f"{PAN}x"}, {"cvv": "98765"}, {"expiryMonth": "13"}, {"number": PAN}, {"cardNo": [PAN]}],
)
def test_error_for_invalid_card_contains_no_card_data(wrong: dict[str, object]) -> None:
    fields = {"cardNo": PAN, "cvv": "987", "expiryMonth": "12", "expiryYear": "39", **wrong}
    with pytest.raises(ValueError, match="1 validation error") as caught:
        CardData.model_validate(fields)
    assert not any(secret in shown(caught.value) for secret in (*SECRETS, "98765"))
