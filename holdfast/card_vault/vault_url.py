"""From the vault's URL to the vault."""

from pathlib import Path

from holdfast.card_vault.errors import CardVaultError
from holdfast.card_vault.keyring import Keyring
from holdfast.card_vault.redis_url import SCHEMES, RedisServer, redis_server
from holdfast.card_vault.sqlite import SqliteCardVault
from holdfast.card_vault.vault import CardVault

_SQLITE = "sqlite:///"


def store_of(url: str) -> Path | RedisServer:
    """The file of `sqlite:///relative` or `sqlite:////absolute`, or the server of `redis://` or `rediss://`.

    Raises CardVaultError on any other URL, and repeats nothing of it.
    """
    if url.partition("://")[0] in SCHEMES:
        return redis_server(url)
    path = url.removeprefix(_SQLITE)
    if not url.startswith(_SQLITE) or not path:
        raise CardVaultError("must be sqlite:///path, redis://host or rediss://host")
    return Path(path)


def open_vault(url: str, keys: Keyring) -> CardVault:
    """The vault behind a URL. Nothing is made or connected before the first use. Raises CardVaultError."""
    store = store_of(url)
    return SqliteCardVault(store, keys) if isinstance(store, Path) else _on_redis(store, keys)


def _on_redis(server: RedisServer, keys: Keyring) -> CardVault:
    """Imported late: a merchant service with a file needs no redis."""
    try:
        from holdfast.card_vault.redis import RedisCardVault
    except ImportError:
        raise CardVaultError("needs the package redis: install holdfast-antom[redis]") from None
    return RedisCardVault(server, keys)
