"""Opens the card vault that a URL names."""

from pathlib import Path

from holdfast.card_vault.errors import CardVaultError
from holdfast.card_vault.keyring import Keyring
from holdfast.card_vault.redis_url import SCHEMES, RedisServer, parse_redis_url
from holdfast.card_vault.sqlite import SqliteCardVault
from holdfast.card_vault.vault import CardVault

_SQLITE = "sqlite:///"


def parse_vault_url(url: str) -> Path | RedisServer:
    """Returns the file of a `sqlite:///` URL, or the server of a `redis://` or `rediss://` URL.

    `sqlite:///path` is relative to the working directory, `sqlite:////path` is absolute.

    Raises:
        CardVaultError: The URL has another form; the message repeats no part of it.
    """
    if url.partition("://")[0] in SCHEMES:
        return parse_redis_url(url)
    path = url.removeprefix(_SQLITE)
    if not url.startswith(_SQLITE) or not path:
        raise CardVaultError("must be sqlite:///path, redis://host or rediss://host")
    return Path(path)


def open_vault(url: str, keys: Keyring) -> CardVault:
    """Returns the vault at a URL. Its first use creates the file or connects to the server.

    Raises:
        CardVaultError: The URL is malformed, or its store needs a package that is not installed.
    """
    store = parse_vault_url(url)
    return SqliteCardVault(store, keys) if isinstance(store, Path) else _redis_vault(store, keys)


def _redis_vault(server: RedisServer, keys: Keyring) -> CardVault:
    # imported here, because a merchant service with a file does not need the package redis
    try:
        from holdfast.card_vault.redis import RedisCardVault
    except ImportError:
        raise CardVaultError("needs the package redis: install holdfast-antom[redis]") from None
    return RedisCardVault(server, keys)
