"""The registry applies a change of the accounts as a whole or not at all, and logs one line for it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from holdfast.antom.account import CallLimits
from services.accounts.gateway_clients import GatewayClients
from services.accounts.registry import AccountRegistry
from services.settings import Settings
from services.settings_reading import validated
from tests.support.services.accounts_file import account_table
from tests.support.services.notification_sender import KeyPair

Logged = Callable[[], list[str]]


@dataclass
class Shops:
    """An accounts file and its key files, which a test writes, and the registry that polls them."""

    folder: Path
    registry: AccountRegistry

    def write(self, *aliases: str, more: str = "") -> None:
        (self.folder / "accounts.toml").write_text("".join(map(account_table, aliases)) + more)

    def poll_twice(self) -> None:
        self.registry.poll()
        self.registry.poll()


@pytest.fixture
def shops(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Shops:
    """One further account, and the default account's keys in files."""
    (tmp_path / "merchant.key").write_text(environment["ANTOM_MERCHANT_PRIVATE_KEY"])
    (tmp_path / "gateway.pub").write_text(environment["ANTOM_PUBLIC_KEY"])
    (tmp_path / "accounts.toml").write_text(account_table("one"))
    in_files = {
        "ANTOM_MERCHANT_PRIVATE_KEY_FILE": str(tmp_path / "merchant.key"),
        "ANTOM_PUBLIC_KEY_FILE": str(tmp_path / "gateway.pub"),
        "HOLDFAST_ACCOUNTS": str(tmp_path / "accounts.toml"),
    }
    plain = {name: value for name, value in environment.items() if f"{name}_FILE" not in in_files}
    for variable, value in (plain | in_files).items():
        monkeypatch.setenv(variable, value)
    return Shops(tmp_path, AccountRegistry(validated(Settings).accounts))


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Logged:
    caplog.set_level(logging.INFO, logger="holdfast.accounts")
    return lambda: [record.getMessage() for record in caplog.records]


def test_new_account_is_applied_after_two_equal_polls(shops: Shops, logged: Logged) -> None:
    shops.write("one", "two")
    shops.registry.poll()
    assert "two" not in shops.registry
    shops.registry.poll()
    assert shops.registry["two"].client_id == "5X2"
    assert logged() == ["merchant accounts: two was added"]


def test_partially_written_file_removes_no_account(shops: Shops, logged: Logged) -> None:
    for _ in range(3):
        shops.write(more="[accounts]\n")
        shops.registry.poll()
        shops.write("one")
        shops.registry.poll()
    assert "one" in shops.registry
    assert logged() == []


def test_reload_applies_a_change_immediately(shops: Shops, logged: Logged) -> None:
    shops.write("one", "two")
    shops.registry.reload()
    shops.registry.reload()
    assert "two" in shops.registry
    assert logged() == ["merchant accounts: two was added", "merchant accounts: nothing has changed"]


@pytest.mark.parametrize("alias", ["default", "one"])
def test_changed_key_file_changes_its_account(
    shops: Shops, logged: Logged, alias: str, other_key: KeyPair
) -> None:
    (shops.folder / "merchant.key").write_text(other_key.private_text)
    shops.poll_twice()
    assert shops.registry[alias].merchant_private_key == other_key.private_text
    assert f"merchant accounts: {alias} changed: merchant_private_key" in logged()


def test_account_log_contains_no_key(shops: Shops, logged: Logged, other_key: KeyPair) -> None:
    (shops.folder / "merchant.key").write_text(other_key.private_text[:-40])
    shops.poll_twice()
    (shops.folder / "merchant.key").write_text(other_key.private_text)
    shops.poll_twice()
    assert len(logged()) == 3
    assert not [line for line in logged() if other_key.private_text[30:60] in line]


BROKEN = {
    "TOML that ends too early": ("[accounts.one", "HOLDFAST_ACCOUNTS names a file that is not TOML (at end"),
    "TOML that is nested too deeply": (
        "a = " + "[" * 100_000,
        "HOLDFAST_ACCOUNTS names a file that is not TOML",
    ),
    "nothing": ("", "HOLDFAST_ACCOUNTS must hold tables"),
    "an unknown field": (
        account_table("one", more='colour = "red"'),
        "account 'one': 'colour' is not a field",
    ),
    "a limit of zero": (
        account_table("one", more="calls_at_once = 0"),
        "account 'one': calls_at_once must be 1 to",
    ),
    "a limit that is a string": (
        account_table("one", more='calls_at_once = "9"'),
        "calls_at_once must be a whole number",
    ),
    "a limit that is a boolean": (
        account_table("one", more="calls_per_second = true"),
        "calls_per_second must be a number",
    ),
    "a good account and a bad one": (
        account_table("two") + account_table("one").replace("client_id", "client"),
        "account 'one': 'client' is not a field",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_invalid_file_changes_no_account_and_logs_one_line(shops: Shops, logged: Logged, broken: str) -> None:
    before, (text, rule) = dict(shops.registry), BROKEN[broken]
    (shops.folder / "accounts.toml").write_text(text)
    for _ in range(5):
        shops.registry.poll()
    assert dict(shops.registry) == before
    [line] = logged()
    assert line.startswith("merchant accounts are unchanged: HOLDFAST_ACCOUNTS ")
    assert rule in line


@pytest.mark.parametrize("file", ["accounts.toml", "merchant.key", "gateway.pub"])
def test_missing_file_changes_no_account(shops: Shops, logged: Logged, file: str) -> None:
    before = dict(shops.registry)
    (shops.folder / file).unlink()
    shops.poll_twice()
    assert dict(shops.registry) == before
    assert "names a file that cannot be read" in logged()[0]


def test_error_that_returns_after_a_correction_is_logged_again(shops: Shops, logged: Logged) -> None:
    for _ in range(2):
        shops.write("one", more="nothing")
        shops.poll_twice()
        shops.write("one")
        shops.poll_twice()
    assert len(logged()) == 2


def test_removed_account_is_logged_with_the_consequence(shops: Shops, logged: Logged) -> None:
    shops.write(more="[accounts]\n")
    shops.poll_twice()
    assert list(shops.registry) == ["default"]
    assert logged() == ["merchant accounts: one was removed; its open payments wait for it"]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [('client_id = "5X2"', 'client_id = "5X3"'), ("http://127.0.0.1:9", "http://127.0.0.1:19")],
)
def test_account_cannot_change_its_gateway_or_client_id(
    shops: Shops, logged: Logged, was: str, becomes: str
) -> None:
    shops.write(more=account_table("one").replace(was, becomes) + account_table("two"))
    shops.registry.reload()
    shops.poll_twice()
    assert list(shops.registry) == ["default", "one"]
    assert (shops.registry["one"].client_id, shops.registry["one"].gateway_url) == (
        "5X2",
        "http://127.0.0.1:9",
    )
    assert set(logged()) == {
        "merchant accounts are unchanged: HOLDFAST_ACCOUNTS account 'one': gateway_url and client_id "
        "cannot change, because its payments belong to them; add the other account under another name"
    }


def test_removed_account_returns_with_the_same_identity_only(shops: Shops, logged: Logged) -> None:
    shops.write(more="[accounts]\n")
    shops.poll_twice()
    shops.write(more=account_table("one", client_id="5X3"))
    shops.poll_twice()
    assert "one" not in shops.registry
    shops.write("one")
    shops.poll_twice()
    assert shops.registry["one"].client_id == "5X2"
    assert len(logged()) == 3


def test_call_limits_come_from_file_and_environment(shops: Shops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTOM_CALLS_AT_ONCE", "20")
    monkeypatch.setenv("ANTOM_CALLS_PER_SECOND", "7.5")
    (shops.folder / "accounts.toml").write_text(
        account_table("one", more="calls_at_once = 3\ncalls_per_second = 2\n")
    )
    accounts = validated(Settings).accounts()
    assert accounts["default"].limits == CallLimits(20, 7.5)
    assert accounts["one"].limits == CallLimits(3, 2)


async def test_gateway_clients_follow_their_accounts_and_keep_connections(shops: Shops) -> None:
    async with GatewayClients(shops.registry) as clients:
        before = clients["one"]
        shops.write(more=account_table("one", more="calls_at_once = 3\n") + account_table("two"))
        shops.poll_twice()
        assert clients["one"] is before
        assert before.account.limits == CallLimits(3)
        assert sorted(clients) == ["default", "one", "two"]
        shops.write(more="[accounts]\n")
        shops.poll_twice()
        assert "one" not in clients
