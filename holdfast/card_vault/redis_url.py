"""What a Redis URL may say: `redis://[user:password@]host[:port][/db]`, or `rediss://` with TLS.

After a `rediss://` URL three files may follow, under the names that redis-py gives them: `ssl_ca_certs` for
an authority of one's own, `ssl_certfile` and `ssl_keyfile` where the server asks for a certificate. Nothing
turns off verification. No message here repeats any part of a URL: it may hold a password.
"""

import ssl
from dataclasses import dataclass, field
from typing import TypedDict, cast
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from holdfast.card_vault.errors import CardVaultError

SCHEMES = ("redis", "rediss")
_PORT = 6379
_FORM = "redis://[user:password@]host[:port][/db], or rediss:// with TLS"


class TlsFiles(TypedDict, total=False):
    """Paths of PEM files, as redis-py names them."""

    ssl_ca_certs: str
    ssl_certfile: str
    ssl_keyfile: str


@dataclass(frozen=True)
class RedisServer:
    """One server, or a proxy that looks like one."""

    host: str
    port: int
    db: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: TlsFiles | None = None
    """None without TLS."""


def redis_server(url: str) -> RedisServer:
    """The server behind a URL of one of `SCHEMES`. Raises CardVaultError, which repeats nothing of it."""
    try:
        parts = urlsplit(url)
        port = _PORT if parts.port is None else parts.port
    except ValueError:
        raise _malformed() from None
    if not parts.hostname or not port or parts.fragment:
        raise _malformed()
    return RedisServer(parts.hostname, port, _db(parts.path), *_credentials(parts), _tls(parts))


def _credentials(parts: SplitResult) -> tuple[str | None, str | None]:
    if "@" not in parts.netloc:
        return None, None
    if not parts.password:
        raise CardVaultError("names a user without a password, or with an empty one")
    return unquote(parts.username or "") or None, unquote(parts.password)


def _db(path: str) -> int:
    number = path.removeprefix("/") or "0"
    if not (number.isascii() and number.isdigit()):
        raise _malformed()
    return int(number)


def _tls(parts: SplitResult) -> TlsFiles | None:
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    known = TlsFiles.__optional_keys__ if parts.scheme == "rediss" else frozenset()
    if not given.keys() <= known:
        raise CardVaultError(f"may hold nothing but {', '.join(sorted(known)) or 'the server'} after a ?")
    return _usable(cast("TlsFiles", given)) if known else None


def _usable(files: TlsFiles) -> TlsFiles:
    """A certificate that does not load would else be found out by the first payment."""
    try:
        if not all(files.values()):
            raise ValueError
        context = ssl.create_default_context(cafile=files.get("ssl_ca_certs"))
        if "ssl_certfile" in files or "ssl_keyfile" in files:
            context.load_cert_chain(files.get("ssl_certfile", ""), files.get("ssl_keyfile"))
    except (OSError, ValueError):
        raise CardVaultError("names certificate files that cannot be used") from None
    return files


def _malformed() -> CardVaultError:
    return CardVaultError(f"must read {_FORM}; write what is special in user and password as %XX")
