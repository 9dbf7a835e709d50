"""Card data on its way to the gateway: sealed, kept for minutes, then gone."""

from card_vault.card import CardData
from card_vault.errors import CardNotFound, CardUnreadable, CardVaultError, KeyringError, VaultUnavailable
from card_vault.keyring import Keyring
from card_vault.sqlite import SqliteCardVault
from card_vault.urls import open_vault
from card_vault.vault import KEPT_FOR, CardVault

__all__ = [
    "KEPT_FOR",
    "CardData",
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
