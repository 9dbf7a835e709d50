"""Every variable has a rule, and an error is one line that names the variable."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest

from holdfast.antom.errors import AccountError
from holdfast.card_vault.redis import RedisCardVault
from holdfast.settings.errors import SettingsError, SettingsErrors
from services.worker.deployment import Build
from tests.support.services.fixtures import Load
from tests.support.services.notification_sender import KeyPair

GOOD_KEY = "k1:" + base64.b64encode(b"k" * 32).decode()
SHORT_KEY = "k1:" + base64.b64encode(b"k" * 31).decode()


def test_five_variables_are_sufficient(load: Load) -> None:
    settings = load()
    assert settings.webhook_bind == ("127.0.0.1", 8080)
    assert settings.notify_path == "/antom/notifications"
    assert settings.holdfast_notify_tolerance == 86_400
    assert settings.answer_skew == timedelta(seconds=300)
    assert settings.vault() is None
    assert list(settings.accounts()) == ["default"]
    assert settings.holdfast_metrics_bind is None
    assert settings.build is None


def test_empty_variable_is_ignored(load: Load) -> None:
    assert load(HOLDFAST_NOTIFY_TOLERANCE="", HOLDFAST_CODEC_KEYS="").holdfast_notify_tolerance == 86_400


def test_build_has_a_deployment_only_when_one_is_set(load: Load) -> None:
    assert load(HOLDFAST_BUILD_ID="v0.1.0-3-g0000aaa").build == Build("v0.1.0-3-g0000aaa")
    assert load(HOLDFAST_DEPLOYMENT="shop").build == Build("v0.1.0-3-g0000aaa", "shop")


def test_deployment_without_build_is_refused(load: Load) -> None:
    with pytest.raises(
        SettingsError, match=r"^HOLDFAST_BUILD_ID is missing, and HOLDFAST_DEPLOYMENT needs it$"
    ):
        load(HOLDFAST_DEPLOYMENT="holdfast")


@pytest.mark.parametrize(
    ("variable", "value", "rule"),
    [
        ("ANTOM_GATEWAY_URL", None, "is missing"),
        ("ANTOM_GATEWAY_URL", "", "is missing"),
        ("ANTOM_GATEWAY_URL", "http://gateway.example.com", "plain http is for loopback hosts alone"),
        ("ANTOM_GATEWAY_URL", "gateway", "must be an https URL"),
        ("ANTOM_CLIENT_ID", None, "is missing"),
        ("ANTOM_CLIENT_ID", "a b", "must not contain spaces"),
        ("ANTOM_MERCHANT_PRIVATE_KEY", None, "is missing"),
        ("ANTOM_MERCHANT_PRIVATE_KEY", "!secret!", "is malformed"),
        ("ANTOM_PUBLIC_KEY", None, "is missing"),
        ("ANTOM_PUBLIC_KEY", "c2VjcmV0", "is malformed"),
        ("ANTOM_PUBLIC_KEY", ",", "is malformed"),
        ("HOLDFAST_NOTIFY_URL", None, "is missing"),
        ("HOLDFAST_NOTIFY_URL", "pay.example.com/antom", "must be an https URL"),
        ("HOLDFAST_NOTIFY_URL", "https://pay.example.com", "needs a path"),
        ("HOLDFAST_NOTIFY_URL", "https://pay.example.com/antom?a=b", "must hold no query"),
        ("HOLDFAST_NOTIFY_URL", "https://pay.example.com/{antom}", "needs a path of letters"),
        ("HOLDFAST_NOTIFY_URL", "https://[pay/antom", "must be an https URL"),
        ("HOLDFAST_NOTIFY_URL", "https://pay.example.com:99999/antom", "must be an https URL"),
        ("HOLDFAST_NOTIFY_URL", "https://pay.example.com/a/../b", "needs a path of letters"),
        ("HOLDFAST_NOTIFY_TOLERANCE", "a day", "must be a whole number"),
        ("HOLDFAST_NOTIFY_TOLERANCE", "0", "must be 1 to 2678400 seconds"),
        ("HOLDFAST_NOTIFY_TOLERANCE", "99999999999999999999", "must be 1 to 2678400 seconds"),
        ("ANTOM_ANSWER_SKEW", "5m", "must be a whole number"),
        ("ANTOM_ANSWER_SKEW", "0", "must be 1 to 3600 seconds"),
        ("ANTOM_ANSWER_SKEW", "-300", "must be 1 to 3600 seconds"),
        ("ANTOM_ANSWER_SKEW", "3601", "must be 1 to 3600 seconds"),
        ("HOLDFAST_WEBHOOK_BIND", "8080", "must be host:port"),
        ("HOLDFAST_WEBHOOK_BIND", "localhost:80800", "must be host:port"),
        ("HOLDFAST_METRICS_BIND", "9464", "must be host:port"),
        ("HOLDFAST_BUILD_ID", "a:b", "must be 1 to 64 letters, digits, . _ and -"),
        ("HOLDFAST_BUILD_ID", "__unversioned__", "must be 1 to 64 letters"),
        ("HOLDFAST_BUILD_ID", "a" * 65, "must be 1 to 64 letters"),
        ("HOLDFAST_DEPLOYMENT", "hold.fast", "must be 1 to 64 letters, digits, _ and -"),
        ("HOLDFAST_CARD_VAULT", "redis+sentinel://localhost", "must be sqlite:///path, redis://host"),
        ("HOLDFAST_CARD_VAULT", "redis://:secret@localhost:port", "must read redis://"),
        ("HOLDFAST_CARD_VAULT", "redis://secret@localhost", "names a user without a password"),
        ("HOLDFAST_CARD_VAULT", "rediss://localhost?ssl_ca_certs=/nowhere", "names certificate files"),
        ("HOLDFAST_CARD_VAULT", "sqlite:///", "must be sqlite:///path"),
        ("HOLDFAST_CARD_VAULT_KEYS", "secret", "must read keyid:base64"),
        ("HOLDFAST_CARD_VAULT_KEYS", SHORT_KEY, "needs keys of 32 bytes"),
        ("HOLDFAST_CODEC_KEYS", f"{GOOD_KEY},{GOOD_KEY}", "names the id of key 2 twice"),
        ("HOLDFAST_CODEC_KEYS", "k1:!secret!", "holds a key that is not base64"),
        ("HOLDFAST_ACCOUNTS", "/nowhere/accounts.toml", "names a file that cannot be read"),
        ("ANTOM_PUBLIC_KEY_FILE", "/nowhere/key", "are both set"),
    ],
)
def test_missing_or_malformed_variable_is_named(
    load: Load, variable: str, value: str | None, rule: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(**{variable: value})
    line = str(caught.value)
    assert line.startswith(variable.removesuffix("_FILE"))
    assert rule in line
    assert "\n" not in line
    assert "secret" not in line


def test_unreadable_key_file_is_named(load: Load) -> None:
    with pytest.raises(SettingsError, match=r"^ANTOM_PUBLIC_KEY_FILE names a file that cannot be read"):
        load(ANTOM_PUBLIC_KEY=None, ANTOM_PUBLIC_KEY_FILE="/nowhere/key")


def test_keys_are_read_from_files(load: Load, environment: dict[str, str], tmp_path: Path) -> None:
    for name in ("ANTOM_MERCHANT_PRIVATE_KEY", "ANTOM_PUBLIC_KEY"):
        (tmp_path / name).write_text(environment[name] + "\n")
    settings = load(
        ANTOM_MERCHANT_PRIVATE_KEY=None,
        ANTOM_PUBLIC_KEY=None,
        ANTOM_MERCHANT_PRIVATE_KEY_FILE=str(tmp_path / "ANTOM_MERCHANT_PRIVATE_KEY"),
        ANTOM_PUBLIC_KEY_FILE=str(tmp_path / "ANTOM_PUBLIC_KEY"),
    )
    assert settings.accounts()["default"].gateway_public_keys == (environment["ANTOM_PUBLIC_KEY"],)


def test_two_gateway_keys_are_accepted(load: Load, gateway_key: KeyPair, other_key: KeyPair) -> None:
    settings = load(ANTOM_PUBLIC_KEY=f"{gateway_key.public_text}, {other_key.public_text}")
    keys = settings.accounts()["default"].gateway_public_keys
    assert keys == (gateway_key.public_text, other_key.public_text)


def test_repr_of_settings_contains_no_secret(load: Load, environment: dict[str, str]) -> None:
    vault = "redis://:s3cret@127.0.0.1:1"
    settings = load(
        HOLDFAST_CARD_VAULT=vault, HOLDFAST_CARD_VAULT_KEYS=GOOD_KEY, HOLDFAST_CODEC_KEYS=GOOD_KEY
    )
    shown = repr(settings) + str(settings) + repr(settings.accounts())
    assert GOOD_KEY not in shown
    assert "s3cret" not in shown + repr(settings.vault())
    assert environment["ANTOM_MERCHANT_PRIVATE_KEY"] not in shown


def test_redis_vault_does_not_connect_when_it_is_opened(load: Load) -> None:
    vault = load(
        HOLDFAST_CARD_VAULT="rediss://:s3cret@127.0.0.1:1/2", HOLDFAST_CARD_VAULT_KEYS=GOOD_KEY
    ).vault()
    assert isinstance(vault, RedisCardVault)


def test_vault_opens_with_its_keys(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "cards.sqlite3"
    assert load(HOLDFAST_CARD_VAULT=f"sqlite:///{path}", HOLDFAST_CARD_VAULT_KEYS=GOOD_KEY).vault()
    assert not path.exists()


def test_account_error_names_the_variable_of_its_field(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AccountError("gateway_public_keys: key 2: the key is empty")

    monkeypatch.setattr("holdfast.settings.accounts_file.GatewayAccount", refuse)
    with pytest.raises(SettingsError, match=r"^ANTOM_PUBLIC_KEY key 2: the key is empty"):
        load()


@pytest.mark.parametrize(
    ("variable", "value", "rule"),
    [
        ("ANTOM_CALLS_AT_ONCE", "0", "must be 1 to 100"),
        ("ANTOM_CALLS_AT_ONCE", "many", "must be a whole number"),
        ("ANTOM_CALLS_PER_SECOND", "-1", "must be above 0"),
        ("ANTOM_CALLS_PER_SECOND", "fast", "must be a number"),
    ],
)
def test_invalid_limit_is_one_line(load: Load, variable: str, value: str, rule: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(**{variable: value})
    assert str(caught.value) == f"{variable} {rule}"


def test_everything_that_is_wrong_is_named_at_once(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "accounts.toml"
    file.write_text(
        '[accounts.a]\ncolour = "red"\nclient_id = "a b"\n'
        '[accounts.b]\ngateway_url = "http://secret.example.com"\ncalls_at_once = true\n'
    )
    with pytest.raises(SettingsErrors) as caught:
        load(
            ANTOM_CLIENT_ID=None,
            ANTOM_ANSWER_SKEW="secret",
            ANTOM_CALLS_AT_ONCE="0",
            ANTOM_MERCHANT_PRIVATE_KEY="secret",
            ANTOM_PUBLIC_KEY=None,
            HOLDFAST_NOTIFY_URL="secret",
            HOLDFAST_NOTIFY_TOLERANCE="0",
            HOLDFAST_WEBHOOK_BIND="secret",
            HOLDFAST_METRICS_BIND="secret",
            HOLDFAST_CARD_VAULT="secret://secret",
            HOLDFAST_CARD_VAULT_KEYS=SHORT_KEY,
            HOLDFAST_CODEC_KEYS=SHORT_KEY,
            HOLDFAST_BUILD_ID="secret secret",
            HOLDFAST_DEPLOYMENT="secret.secret",
            HOLDFAST_ACCOUNTS=str(file),
            TEMPORAL_ADDRESS="secret",
            TEMPORAL_TLS="secret",
        )
    lines = [str(problem) for problem in caught.value.problems]
    assert lines[0].startswith("ANTOM_CLIENT_ID is missing")
    assert [line.partition(" ")[0] for line in lines] == [
        "ANTOM_CLIENT_ID",
        "ANTOM_ANSWER_SKEW",
        "HOLDFAST_NOTIFY_URL",
        "HOLDFAST_NOTIFY_TOLERANCE",
        "HOLDFAST_BUILD_ID",
        "HOLDFAST_DEPLOYMENT",
        "HOLDFAST_WEBHOOK_BIND",
        "HOLDFAST_METRICS_BIND",
        "HOLDFAST_CODEC_KEYS",
        "HOLDFAST_CARD_VAULT",
        "HOLDFAST_CARD_VAULT_KEYS",
        "ANTOM_PUBLIC_KEY",
        "ANTOM_CALLS_AT_ONCE",
        "ANTOM_MERCHANT_PRIVATE_KEY",
        *["HOLDFAST_ACCOUNTS"] * 10,
        "TEMPORAL_TLS",
        "TEMPORAL_ADDRESS",
    ]
    accounts = [line.split(" ")[2:4] for line in lines if "account '" in line]
    assert accounts == [
        ["'a':", "'colour'"],
        ["'a':", "gateway_url"],
        ["'a':", "merchant_private_key_file"],
        ["'a':", "gateway_public_key_file"],
        ["'a':", "client_id"],
        ["'b':", "client_id"],
        ["'b':", "merchant_private_key_file"],
        ["'b':", "gateway_public_key_file"],
        ["'b':", "calls_at_once"],
        ["'b':", "gateway_url"],
    ]
    assert "secret" not in str(caught.value)
    assert SHORT_KEY not in str(caught.value)
