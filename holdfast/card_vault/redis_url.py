"""Parses a Redis URL: `redis://[user:password@]host[:port][/db]`, or `rediss://` with TLS.

The query of a `rediss://` URL may name three files, with redis-py's parameter names: `ssl_ca_certs` for a
private certificate authority, `ssl_certfile` and `ssl_keyfile` for a server that requires a client
certificate. No parameter turns off verification. No error message repeats any part of a URL, because a URL
may contain a password.
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
    """Paths of PEM files, under redis-py's parameter names."""

    ssl_ca_certs: str
    ssl_certfile: str
    ssl_keyfile: str


@dataclass(frozen=True)
class RedisServer:
    """The address and credentials of one server, or of a proxy in front of it; `tls` is None without TLS."""

    host: str
    port: int
    db: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: TlsFiles | None = None


def parse_redis_url(url: str) -> RedisServer:
    """Returns the server of a URL with one of `SCHEMES`.

    Raises:
        CardVaultError: The URL is malformed; the message repeats no part of it.
    """
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
    return _check_files(cast("TlsFiles", given)) if known else None


def _check_files(files: TlsFiles) -> TlsFiles:
    """Loads the certificates now, so that an unusable file does not fail the first payment."""
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
    return CardVaultError(f"must read {_FORM}; percent-encode special characters of user and password")
