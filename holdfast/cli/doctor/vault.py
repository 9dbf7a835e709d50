"""The card vault: its variables, and an entry that is stored, read and deleted again."""

from pathlib import Path

from holdfast.card_vault import CardVault, CardVaultError, Keyring, KeyringError, open_vault
from holdfast.card_vault.vault_url import parse_vault_url
from holdfast.cli.doctor.check import Area, Check, ok, problem, skipped, warning
from holdfast.cli.doctor.encryption import keyring_rule
from holdfast.cli.doctor.variables import Environment, optional, value_of
from holdfast.cli.simulator import TestCard
from holdfast.settings.names import CARD_VAULT, CARD_VAULT_KEYS, DEFAULT_CARD_VAULT
from holdfast.temporal.codec import CODEC_KEYS

_TRIAL = "trial entry"
_SAME = "Merchant service and worker need the same vault and the same keys."


async def vault_checks(environment: Environment) -> list[Check]:
    """Returns the checks of the card vault, which only card data of the merchant's own pages needs."""
    no_keys = "orders with a cardReference are not paid, and everything else works"
    checks = [
        optional(Area.VAULT, environment, CARD_VAULT, _store, f"it is {DEFAULT_CARD_VAULT}"),
        optional(Area.VAULT, environment, CARD_VAULT_KEYS, keyring_rule(CARD_VAULT_KEYS), no_keys),
    ]
    if _keys(value_of(environment, CARD_VAULT_KEYS)) & _keys(value_of(environment, CODEC_KEYS)):
        finding = f"{CARD_VAULT_KEYS} and {CODEC_KEYS} have a key in common"
        checks.append(
            warning(Area.VAULT, "separate keys", finding, "Use different keys: openssl rand -base64 32")
        )
    return [*checks, *await _trial(environment)]


def _keys(text: str | None) -> set[str]:
    """Returns the keys without their ids, under which the same key can have two names."""
    return {entry.partition(":")[2].strip() for entry in (text or "").split(",")} - {""}


def _store(url: str) -> str:
    store = parse_vault_url(url)
    return f"the file {store}" if isinstance(store, Path) else f"the server {store.host}:{store.port}"


async def _trial(environment: Environment) -> list[Check]:
    url = value_of(environment, CARD_VAULT) or DEFAULT_CARD_VAULT
    keys = value_of(environment, CARD_VAULT_KEYS)
    try:
        if keys is None:
            return [skipped(Area.VAULT, _TRIAL, f"not possible without {CARD_VAULT_KEYS}")]
        vault, store = open_vault(url, Keyring.parse(keys, CARD_VAULT_KEYS)), parse_vault_url(url)
    except (KeyringError, CardVaultError):
        return [skipped(Area.VAULT, _TRIAL, "not possible with these variables")]
    if isinstance(store, Path) and not store.exists():
        return [_new_file(store)]
    try:
        return await _round_trip(vault)
    finally:
        await vault.close()


def _new_file(store: Path) -> Check:
    if store.resolve().parent.is_dir():
        return skipped(Area.VAULT, _TRIAL, f"{store} does not exist yet; its first use creates it")
    return problem(
        Area.VAULT, _TRIAL, f"the folder of {store} does not exist", f"Create it, or correct {CARD_VAULT}."
    )


async def _round_trip(vault: CardVault) -> list[Check]:
    """Stores a test card, reads it and deletes it, and returns what the store's settings should be."""
    try:
        reference = await vault.put(TestCard.VISA.data)
        await vault.get(reference)
        await vault.delete(reference)
        advice = 'See "card vault" in the operations pages.'
        found = [warning(Area.VAULT, "server", line, advice) for line in await vault.config_warnings()]
    except CardVaultError as error:
        advice = f"Start the vault's server, or correct {CARD_VAULT}. {_SAME}"
        return [problem(Area.VAULT, _TRIAL, f"the vault does not work: {error}", advice)]
    return [ok(Area.VAULT, _TRIAL, "stored, read and deleted"), *found]
