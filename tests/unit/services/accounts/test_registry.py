"""Accounts that change while everything runs: all of a change or nothing, and one line that says which."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from holdfast.antom.account import CallLimits
from services.accounts.gateway_clients import GatewayClients
from services.accounts.registry import AccountRegistry
from services.settings import load_settings
from tests.support.services.sending import KeyPair

Said = Callable[[], list[str]]


@dataclass
class Shops:
    """An accounts file that a test writes, its keys beside it, and the book that follows it."""

    folder: Path
    book: AccountRegistry

    def write(self, *aliases: str, more: str = "") -> None:
        (self.folder / "accounts.toml").write_text("".join(map(table, aliases)) + more)

    def looks_twice(self) -> None:
        self.book.look()
        self.book.look()


def table(alias: str, client_id: str = "5X2", more: str = "") -> str:
    return (
        f'[accounts.{alias}]\ngateway_url = "http://127.0.0.1:9"\nclient_id = "{client_id}"\n'
        f'merchant_private_key_file = "merchant.key"\ngateway_public_key_file = "gateway.pub"\n{more}'
    )


@pytest.fixture
def shops(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Shops:
    """One further account, and the default account's keys in files."""
    (tmp_path / "merchant.key").write_text(environment["ANTOM_MERCHANT_PRIVATE_KEY"])
    (tmp_path / "gateway.pub").write_text(environment["ANTOM_PUBLIC_KEY"])
    (tmp_path / "accounts.toml").write_text(table("one"))
    in_files = {
        "ANTOM_MERCHANT_PRIVATE_KEY_FILE": str(tmp_path / "merchant.key"),
        "ANTOM_PUBLIC_KEY_FILE": str(tmp_path / "gateway.pub"),
        "HOLDFAST_ACCOUNTS": str(tmp_path / "accounts.toml"),
    }
    plain = {name: value for name, value in environment.items() if f"{name}_FILE" not in in_files}
    for variable, value in (plain | in_files).items():
        monkeypatch.setenv(variable, value)
    return Shops(tmp_path, AccountRegistry(load_settings().accounts))


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Said:
    caplog.set_level(logging.INFO, logger="holdfast.accounts")
    return lambda: [record.getMessage() for record in caplog.records]


def test_a_new_account_is_there_once_its_file_stands_still(shops: Shops, said: Said) -> None:
    shops.write("one", "two")
    shops.book.look()
    assert "two" not in shops.book
    shops.book.look()
    assert shops.book["two"].client_id == "5X2"
    assert said() == ["merchant accounts: two is new"]


def test_a_file_that_is_being_written_takes_no_account_away(shops: Shops, said: Said) -> None:
    for _ in range(3):
        shops.write(more="[accounts]\n")
        shops.book.look()
        shops.write("one")
        shops.book.look()
    assert "one" in shops.book
    assert said() == []


def test_an_operator_who_says_that_it_is_complete_waits_for_nothing(shops: Shops, said: Said) -> None:
    shops.write("one", "two")
    shops.book.reload()
    shops.book.reload()
    assert "two" in shops.book
    assert said() == ["merchant accounts: two is new", "merchant accounts: nothing has changed"]


@pytest.mark.parametrize("alias", ["default", "one"])
def test_a_key_file_that_changes_changes_its_account(
    shops: Shops, said: Said, alias: str, stranger_key: KeyPair
) -> None:
    (shops.folder / "merchant.key").write_text(stranger_key.private_text)
    shops.looks_twice()
    assert shops.book[alias].merchant_private_key == stranger_key.private_text
    assert f"merchant accounts: {alias} has another merchant_private_key" in said()


def test_no_line_of_the_log_holds_a_key(shops: Shops, said: Said, stranger_key: KeyPair) -> None:
    (shops.folder / "merchant.key").write_text(stranger_key.private_text[:-40])
    shops.looks_twice()
    (shops.folder / "merchant.key").write_text(stranger_key.private_text)
    shops.looks_twice()
    assert len(said()) == 3
    assert not [line for line in said() if stranger_key.private_text[30:60] in line]


BROKEN = {
    "TOML that ends too early": ("[accounts.one", "HOLDFAST_ACCOUNTS names a file that is not TOML (at end"),
    "TOML that nobody can read": ("a = " + "[" * 100_000, "HOLDFAST_ACCOUNTS names a file that is not TOML"),
    "nothing": ("", "HOLDFAST_ACCOUNTS must hold tables"),
    "an unknown field": (table("one", more='colour = "red"'), "account 'one': 'colour' is no field"),
    "a limit that is none": (
        table("one", more="calls_at_once = 0"),
        "account 'one': calls_at_once must be 1 to",
    ),
    "a limit in words": (table("one", more='calls_at_once = "9"'), "calls_at_once must be a whole number"),
    "a limit by truth": (table("one", more="calls_per_second = true"), "calls_per_second must be a number"),
    "a good account and a bad one": (
        table("two") + table("one").replace("client_id", "client"),
        "account 'one': 'client' is no field",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_file_leaves_every_account_and_is_one_line(shops: Shops, said: Said, broken: str) -> None:
    before, (text, rule) = dict(shops.book), BROKEN[broken]
    (shops.folder / "accounts.toml").write_text(text)
    for _ in range(5):
        shops.book.look()
    assert dict(shops.book) == before
    [line] = said()
    assert line.startswith("merchant accounts stay as they were: HOLDFAST_ACCOUNTS ")
    assert rule in line


@pytest.mark.parametrize("file", ["accounts.toml", "merchant.key", "gateway.pub"])
def test_a_file_that_is_gone_leaves_every_account(shops: Shops, said: Said, file: str) -> None:
    before = dict(shops.book)
    (shops.folder / file).unlink()
    shops.looks_twice()
    assert dict(shops.book) == before
    assert "names a file that cannot be read" in said()[0]


def test_a_mistake_that_is_put_right_and_made_again_is_told_again(shops: Shops, said: Said) -> None:
    for _ in range(2):
        shops.write("one", more="nothing")
        shops.looks_twice()
        shops.write("one")
        shops.looks_twice()
    assert len(said()) == 2


def test_an_account_that_is_gone_is_told_with_what_that_means(shops: Shops, said: Said) -> None:
    shops.write(more="[accounts]\n")
    shops.looks_twice()
    assert list(shops.book) == ["default"]
    assert said() == ["merchant accounts: one is gone; its open payments wait until it is back"]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [('client_id = "5X2"', 'client_id = "5X3"'), ("http://127.0.0.1:9", "http://127.0.0.1:19")],
)
def test_an_account_stays_where_its_payments_are(shops: Shops, said: Said, was: str, becomes: str) -> None:
    shops.write(more=table("one").replace(was, becomes) + table("two"))
    shops.book.reload()
    shops.looks_twice()
    assert list(shops.book) == ["default", "one"]
    assert (shops.book["one"].client_id, shops.book["one"].gateway_url) == ("5X2", "http://127.0.0.1:9")
    assert set(said()) == {
        "merchant accounts stay as they were: HOLDFAST_ACCOUNTS account 'one': gateway_url and client_id "
        "stay what they are, because its payments are there; give the other account another name"
    }


def test_an_account_that_was_gone_comes_back_as_the_same_one_alone(shops: Shops, said: Said) -> None:
    shops.write(more="[accounts]\n")
    shops.looks_twice()
    shops.write(more=table("one", client_id="5X3"))
    shops.looks_twice()
    assert "one" not in shops.book
    shops.write("one")
    shops.looks_twice()
    assert shops.book["one"].client_id == "5X2"
    assert len(said()) == 3


def test_limits_of_every_account_come_from_file_and_environment(
    shops: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTOM_CALLS_AT_ONCE", "20")
    monkeypatch.setenv("ANTOM_CALLS_PER_SECOND", "7.5")
    (shops.folder / "accounts.toml").write_text(
        table("one", more="calls_at_once = 3\ncalls_per_second = 2\n")
    )
    accounts = load_settings().accounts()
    assert accounts["default"].limits == CallLimits(20, 7.5)
    assert accounts["one"].limits == CallLimits(3, 2)


async def test_clients_follow_their_accounts_and_keep_their_connections(shops: Shops) -> None:
    async with GatewayClients(shops.book) as clients:
        before = clients["one"]
        shops.write(more=table("one", more="calls_at_once = 3\n") + table("two"))
        shops.looks_twice()
        assert clients["one"] is before
        assert before.account.limits == CallLimits(3)
        assert sorted(clients) == ["default", "one", "two"]
        shops.write(more="[accounts]\n")
        shops.looks_twice()
        assert "one" not in clients
