"""The accounts file is read with the settings, and an error names the account, the field and the rule."""

from pathlib import Path

import pytest

from holdfast.settings.errors import SettingsError
from tests.support.services.fixtures import Load


def test_further_accounts_are_read_from_a_file(load: Load, second_account: Path) -> None:
    accounts = load(HOLDFAST_ACCOUNTS=str(second_account)).accounts()
    assert sorted(accounts) == ["default", "shop-two"]
    assert accounts["shop-two"].client_id == "5X00000000000002"


URL_AND_CLIENT = 'gateway_url = "https://gw.example.com"\nclient_id = "5X"\n'


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("accounts = ", "not TOML"),
        ("", "must hold tables"),
        ("[shops.a]", "must hold tables"),
        ('[accounts]\na = "b"', "account 'a': it is not a table"),
        ("[accounts.default]", "must not hold 'default'"),
        ('[accounts."a/b"]', "has an account name with characters that are not allowed"),
        ('[accounts.a]\ncolour = "red"', "account 'a': 'colour' is not a field"),
        ("[accounts.a]\nclient_id = 5", "account 'a': client_id must be a string"),
        ('[accounts.a]\nclient_id = "5X"', "account 'a': gateway_url is missing"),
        (
            f"[accounts.a]\n{URL_AND_CLIENT}",
            "merchant_private_key_file or merchant_private_key_env must be set",
        ),
        (
            f'[accounts.a]\n{URL_AND_CLIENT}merchant_private_key_file = "no.key"',
            "names a file that cannot be read",
        ),
        (
            f'[accounts.a]\n{URL_AND_CLIENT}merchant_private_key_file = "\\u0000"',
            "names a file that cannot be read",
        ),
        (
            f'[accounts.a]\n{URL_AND_CLIENT}merchant_private_key_env = "NOT_SET"',
            "names a variable that is not set",
        ),
    ],
)
def test_invalid_accounts_file_is_one_line_under_its_variable(
    load: Load, tmp_path: Path, text: str, rule: str
) -> None:
    file = tmp_path / "accounts.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(HOLDFAST_ACCOUNTS=str(file))
    assert str(caught.value).startswith("HOLDFAST_ACCOUNTS ")
    assert rule in str(caught.value)


def test_invalid_account_is_named_with_its_field(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    monkeypatch.setenv("SHOP_KEY", environment["ANTOM_MERCHANT_PRIVATE_KEY"])
    monkeypatch.setenv("SHOP_PUB", environment["ANTOM_PUBLIC_KEY"])
    file = tmp_path / "accounts.toml"
    file.write_text(
        '[accounts.a]\ngateway_url = "http://gw.example.com"\nclient_id = "5X"\n'
        'merchant_private_key_env = "SHOP_KEY"\ngateway_public_key_env = "SHOP_PUB"\n'
    )
    with pytest.raises(SettingsError, match=r"^HOLDFAST_ACCOUNTS account 'a': gateway_url plain http"):
        load(HOLDFAST_ACCOUNTS=str(file))
