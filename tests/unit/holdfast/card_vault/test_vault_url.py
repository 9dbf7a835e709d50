"""Vault URLs: valid ones are parsed, invalid ones are refused in a line that repeats no part of them."""

import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.card_vault import CardVaultError, open_vault
from holdfast.card_vault.redis_url import RedisServer
from holdfast.card_vault.vault_url import parse_vault_url
from tests.support.card_vault.cards import CARD, KEY_A, keys

ROOT = Path(__file__).parents[4]


async def test_sqlite_url_opens_a_vault(tmp_path: Path) -> None:
    vault = open_vault(f"sqlite:///{tmp_path}/v.db", keys(KEY_A))
    assert await vault.get(await vault.put(CARD)) == CARD


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("redis://cards", RedisServer("cards", 6379)),
        ("redis://cards:7000/", RedisServer("cards", 7000)),
        ("redis://[::1]:7000/3", RedisServer("::1", 7000, 3)),
        ("redis://:p%40ss@cards/1", RedisServer("cards", 6379, 1, None, "p@ss")),
        ("redis://a%2Fb:c@cards", RedisServer("cards", 6379, 0, "a/b", "c")),
        ("rediss://cards", RedisServer("cards", 6379, tls={})),
    ],
)
def test_redis_url_is_parsed(url: str, server: RedisServer) -> None:
    assert parse_vault_url(url) == server


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("sqlite://", "must be sqlite:///path, redis://host or rediss://host"),
        ("sqlite:///", "must be sqlite:///path"),
        ("secret.db", "must be sqlite:///path"),
        ("", "must be sqlite:///path"),
        ("unix:///secret.sock", "must be sqlite:///path"),
        ("redis://", "must read redis://"),
        ("redis:///secret", "must read redis://"),
        ("redis://host:secret", "must read redis://"),
        ("redis://host:0", "must read redis://"),
        ("redis://host:99999", "must read redis://"),
        ("redis://[secret", "must read redis://"),
        ("redis://host/secret", "must read redis://"),
        ("redis://host/1/secret", "must read redis://"),
        ("redis://:sec/ret@host", "must read redis://"),
        ("redis://:secret#1@host", "must read redis://"),
        ("redis://secret@host", "a user without a password"),
        ("redis://secret:@host", "a user without a password"),
        ("redis://:secret?1@host", "must read redis://"),
        ("redis://host?db=secret", "nothing but the server"),
        ("redis://host?ssl_ca_certs=secret", "nothing but the server"),
        ("rediss://host?ssl_cert_reqs=none", "nothing but ssl_ca_certs, ssl_certfile, ssl_keyfile"),
        ("rediss://host?ssl_check_hostname=no", "nothing but ssl_ca_certs, ssl_certfile, ssl_keyfile"),
        ("rediss://host?ssl_ca_certs=/nowhere/secret", "names certificate files that cannot be used"),
        ("rediss://host?ssl_ca_certs=", "names certificate files that cannot be used"),
        ("rediss://host?ssl_keyfile=/nowhere/secret", "names certificate files that cannot be used"),
    ],
)
def test_invalid_url_is_refused_and_not_repeated(url: str, rule: str) -> None:
    with pytest.raises(CardVaultError) as caught:
        open_vault(url, keys(KEY_A))
    assert rule in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "sec/ret" not in str(caught.value)


async def test_password_of_a_url_is_never_shown() -> None:
    url = "redis://user:s3cret@127.0.0.1:1"
    vault = open_vault(url, keys(KEY_A))
    assert "s3cret" not in repr(parse_vault_url(url)) + repr(vault) + str(vault)
    with pytest.raises(CardVaultError) as caught:
        await vault.get("card_1")
    assert "s3cret" not in str(caught.value) + repr(caught.value)
    await vault.close()


def test_redis_url_without_the_package_redis_is_refused_in_one_line() -> None:
    lines = [
        "import sys",
        "sys.modules['redis'] = None",
        "from holdfast.card_vault import open_vault",
        "from tests.support.card_vault.cards import KEY_A, keys",
        "import holdfast",
        "open_vault('sqlite:///cards.db', keys(KEY_A))",
        "open_vault('redis://cards', keys(KEY_A))",
    ]
    completed = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    last = completed.stderr.strip().splitlines()[-1]
    assert last.endswith("CardVaultError: needs the package redis: install holdfast-antom[redis]")


def test_redis_vault_without_the_package_redis_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holdfast.card_vault.redis", None)
    with pytest.raises(CardVaultError, match=r"holdfast-antom\[redis\]"):
        open_vault("redis://cards", keys(KEY_A))
