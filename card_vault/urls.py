"""From the vault's URL to the vault."""

from pathlib import Path

from card_vault.errors import CardVaultError
from card_vault.keyring import Keyring
from card_vault.sqlite import SqliteCardVault
from card_vault.vault import CardVault

SQLITE = "sqlite:///"


def sqlite_path(url: str) -> Path:
    """The file of `sqlite:///relative` or `sqlite:////absolute`. Raises CardVaultError on any other URL."""
    path = url.removeprefix(SQLITE)
    if not url.startswith(SQLITE) or not path:
        raise CardVaultError("must be sqlite:///path, the only kind this version supports")
    return Path(path)


def open_vault(url: str, keys: Keyring) -> CardVault:
    """The vault behind a URL. Nothing is created before the first use. Raises CardVaultError."""
    return SqliteCardVault(sqlite_path(url), keys)
