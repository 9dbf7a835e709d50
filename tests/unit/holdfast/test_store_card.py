"""Card data goes into the vault and nowhere else."""

import traceback
from collections.abc import Sequence

import pytest

from holdfast import HoldfastError, NoCardVault
from holdfast.card_vault import CardData, VaultUnavailable
from tests.unit.holdfast.fake_temporal import Untouchable, client_of
from tests.unit.holdfast.orders import PAN

CARD = CardData(cardNo=PAN, cvv="987", expiryMonth="12", expiryYear="39", cardPasswordDigest="42")
SECRETS = (PAN, "987")


class Vault:
    """Keeps what it is given, or is away."""

    def __init__(self, *, away: bool = False) -> None:
        self.cards: dict[str, CardData] = {}
        self._away = away

    async def put(self, card: CardData) -> str:
        if self._away:
            raise VaultUnavailable("the vault does not answer")
        reference = f"card_{len(self.cards):020}"
        self.cards[reference] = card
        return reference

    async def get(self, reference: str) -> CardData:
        return self.cards[reference]

    async def sweep(self) -> None:
        """Nothing grows old in here."""

    async def config_warnings(self) -> Sequence[str]:
        return ()

    async def close(self) -> None:
        """Nothing is open."""

    async def delete(self, reference: str) -> None:
        self.cards.pop(reference, None)


def shown(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error)


async def test_the_vault_takes_the_card_and_the_merchant_gets_a_reference() -> None:
    vault = Vault()
    reference = await client_of(Untouchable(), vault=vault).store_card(CARD)
    assert vault.cards == {reference: CARD}
    assert not any(secret in reference for secret in SECRETS)


async def test_without_a_vault_there_is_nowhere_to_put_it() -> None:
    with pytest.raises(NoCardVault, match="without a vault") as caught:
        await client_of(Untouchable()).store_card(CARD)
    assert isinstance(caught.value, HoldfastError)
    assert not any(secret in shown(caught.value) for secret in SECRETS)


async def test_a_vault_that_is_away_does_not_tell_what_it_was_given() -> None:
    with pytest.raises(VaultUnavailable) as caught:
        await client_of(Untouchable(), vault=Vault(away=True)).store_card(CARD)
    assert not any(secret in shown(caught.value) for secret in SECRETS)


def test_a_card_shows_nothing_of_itself() -> None:
    assert (repr(CARD), str(CARD), f"{CARD}") == ("CardData()", "", "")


@pytest.mark.parametrize(
    "wrong",
    [{"cardNo": f"{PAN}x"}, {"cvv": "98765"}, {"expiryMonth": "13"}, {"number": PAN}, {"cardNo": [PAN]}],
)
def test_a_card_that_is_wrong_is_refused_without_being_shown(wrong: dict[str, object]) -> None:
    fields = {"cardNo": PAN, "cvv": "987", "expiryMonth": "12", "expiryYear": "39", **wrong}
    with pytest.raises(ValueError, match="1 validation error") as caught:
        CardData.model_validate(fields)
    assert not any(secret in shown(caught.value) for secret in (*SECRETS, "98765"))
