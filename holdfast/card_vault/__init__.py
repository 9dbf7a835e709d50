"""Card data on its way to the gateway: encrypted, kept for minutes, then deleted."""

from holdfast.card_vault.card import CardData
from holdfast.card_vault.errors import (
    CardKeyUnknown,
    CardNotFound,
    CardUnreadable,
    CardVaultError,
    KeyringError,
    VaultUnavailable,
)
from holdfast.card_vault.keyring import Keyring
from holdfast.card_vault.sqlite import SqliteCardVault
from holdfast.card_vault.vault import ENTRY_LIFETIME, CardVault
from holdfast.card_vault.vault_url import open_vault

__all__ = [
    "ENTRY_LIFETIME",
    "CardData",
    "CardKeyUnknown",
    "CardNotFound",
    "CardUnreadable",
    "CardVault",
    "CardVaultError",
    "Keyring",
    "KeyringError",
    "SqliteCardVault",
    "VaultUnavailable",
    "open_vault",
]
