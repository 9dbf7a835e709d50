"""The codec server requires authentication, and its settings errors are one line each."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.settings.errors import SettingsError
from services.codec_server.settings import CodecSettings
from services.settings_reading import validated

KEY = "k1:" + base64.b64encode(b"k" * 32).decode()
TOKEN = "secret-secret-secret-secret-secret"
GOOD = {"HOLDFAST_CODEC_KEYS": KEY, "HOLDFAST_CODEC_TOKENS": f"ada:{TOKEN}"}
PROXY = {"HOLDFAST_CODEC_PROXY_HEADER": "X-Forwarded-User", "HOLDFAST_CODEC_PROXY_USERS": "ada@example.com"}

Load = Callable[..., CodecSettings]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads the settings with some variables changed. None removes a variable."""

    def load_with(**changes: str | None) -> CodecSettings:
        for variable, value in (GOOD | changes).items():
            if value is not None:
                monkeypatch.setenv(variable, value)
        return validated(CodecSettings)

    return load_with


def test_codec_keys_and_a_token_are_sufficient(load: Load) -> None:
    settings = load()
    assert settings.bind == ("127.0.0.1", 8234)
    assert settings.origins == []
    assert settings.proxy() is None


def test_proxy_replaces_tokens(load: Load) -> None:
    settings = load(HOLDFAST_CODEC_TOKENS=None, **PROXY)
    assert settings.tokens() is None
    proxy = settings.proxy()
    assert proxy is not None
    assert proxy.users == {"ada@example.com"}
    assert [str(network) for network in proxy.addresses] == ["127.0.0.1/32", "::1/128"]


def test_tokens_are_read_from_a_file(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"ada:{TOKEN}\n")
    tokens = load(HOLDFAST_CODEC_TOKENS=None, HOLDFAST_CODEC_TOKENS_FILE=str(file)).tokens()
    assert tokens is not None
    assert tokens.holder_of(TOKEN) == "ada"


def test_several_origins_are_accepted(load: Load) -> None:
    origins = "https://temporal.example.com, http://127.0.0.1:8233"
    assert load(HOLDFAST_CODEC_ORIGINS=origins).origins == origins.split(", ")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"HOLDFAST_CODEC_KEYS": None}, "HOLDFAST_CODEC_KEYS is missing"),
        ({"HOLDFAST_CODEC_KEYS": "secret"}, "HOLDFAST_CODEC_KEYS must read keyid:base64"),
        ({"HOLDFAST_CODEC_TOKENS": None}, "HOLDFAST_CODEC_TOKENS is missing: set it or"),
        ({"HOLDFAST_CODEC_TOKENS": ","}, "HOLDFAST_CODEC_TOKENS must read name:token"),
        ({"HOLDFAST_CODEC_TOKENS": TOKEN}, "HOLDFAST_CODEC_TOKENS must read name:token"),
        ({"HOLDFAST_CODEC_TOKENS": "ada:secret"}, "HOLDFAST_CODEC_TOKENS needs tokens of 32 characters"),
        ({"HOLDFAST_CODEC_TOKENS": f"ada:{TOKEN} x"}, "HOLDFAST_CODEC_TOKENS needs tokens of 32"),
        ({"HOLDFAST_CODEC_TOKENS": f"a\nb:{TOKEN}"}, "HOLDFAST_CODEC_TOKENS must read name:token"),
        ({"HOLDFAST_CODEC_TOKENS_FILE": "/nowhere"}, "HOLDFAST_CODEC_TOKENS and HOLDFAST_CODEC_TOKENS_FILE"),
        (
            {"HOLDFAST_CODEC_TOKENS": None, "HOLDFAST_CODEC_TOKENS_FILE": "/nowhere"},
            "HOLDFAST_CODEC_TOKENS_FILE names a file that cannot be read",
        ),
        ({"HOLDFAST_CODEC_BIND": "8234"}, "HOLDFAST_CODEC_BIND must be host:port"),
        ({"HOLDFAST_CODEC_ORIGINS": "*"}, "HOLDFAST_CODEC_ORIGINS must be origins"),
        ({"HOLDFAST_CODEC_ORIGINS": "null"}, "HOLDFAST_CODEC_ORIGINS must be origins"),
        ({"HOLDFAST_CODEC_ORIGINS": "https://a.example/ui"}, "HOLDFAST_CODEC_ORIGINS must be origins"),
        ({"HOLDFAST_CODEC_ORIGINS": "https://A.example"}, "HOLDFAST_CODEC_ORIGINS must be origins"),
        ({"HOLDFAST_CODEC_ORIGINS": "https://me@a.example"}, "HOLDFAST_CODEC_ORIGINS must be origins"),
        ({"HOLDFAST_CODEC_ORIGINS": "http://a.example"}, "HOLDFAST_CODEC_ORIGINS plain http is for loopback"),
        (PROXY | {"HOLDFAST_CODEC_PROXY_USERS": None}, "HOLDFAST_CODEC_PROXY_USERS is missing"),
        (PROXY | {"HOLDFAST_CODEC_PROXY_USERS": " , "}, "HOLDFAST_CODEC_PROXY_USERS is missing"),
        (PROXY | {"HOLDFAST_CODEC_PROXY_HEADER": None}, "HOLDFAST_CODEC_PROXY_HEADER is missing"),
        (PROXY | {"HOLDFAST_CODEC_PROXY_HEADER": "X User"}, "HOLDFAST_CODEC_PROXY_HEADER must be the name"),
        (PROXY | {"HOLDFAST_CODEC_PROXY_ADDRESSES": "proxy"}, "HOLDFAST_CODEC_PROXY_ADDRESSES must be"),
    ],
)
def test_missing_or_malformed_variable_is_named(
    load: Load, changes: dict[str, str | None], line: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(**changes)
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_repr_of_settings_contains_no_secret(load: Load) -> None:
    settings = load()
    shown = repr(settings) + str(settings) + repr(settings.tokens())
    assert KEY not in shown
    assert TOKEN not in shown


def test_everything_that_is_wrong_is_named_at_once(load: Load) -> None:
    with pytest.raises(SettingsError) as caught:
        load(
            HOLDFAST_CODEC_KEYS=None,
            HOLDFAST_CODEC_TOKENS="ada:secret",
            HOLDFAST_CODEC_BIND="secret",
            HOLDFAST_CODEC_ORIGINS="secret",
            HOLDFAST_CODEC_PROXY_HEADER="X User",
        )
    assert [problem.variable for problem in caught.value.problems] == [
        "HOLDFAST_CODEC_KEYS",
        "HOLDFAST_CODEC_BIND",
        "HOLDFAST_CODEC_ORIGINS",
        "HOLDFAST_CODEC_TOKENS",
        "HOLDFAST_CODEC_PROXY_USERS",
    ]
    assert "secret" not in str(caught.value)
