"""The current merchant accounts, which change without a restart of the process.

The files of the accounts are read every few seconds, and immediately on SIGHUP. A change is applied as a
whole: a file that cannot be read, or that breaks a rule, changes no account and logs one error.

An alias keeps its gateway URL and client id until the process ends. Open payments belong to that client id;
another gateway, or another client id, does not know them.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields
from datetime import timedelta

from holdfast.antom.account import GatewayAccount
from holdfast.settings.errors import SettingsError
from holdfast.settings.names import ACCOUNTS

POLL_INTERVAL = timedelta(seconds=2)
Accounts = Mapping[str, GatewayAccount]
GatewayIdentity = tuple[str, str]
"""Gateway URL and client id."""
_logger = logging.getLogger("holdfast.accounts")


class AccountRegistry(Accounts):
    """The current accounts by alias.

    Args:
        read: Reads the accounts, as `Settings.accounts` does. The constructor raises what its first call
            raises.
    """

    def __init__(self, read: Callable[[], Accounts]) -> None:
        self._read = read
        self._current = self._last_read = read()
        self._identities = _identities(self._current)
        self._logged_error = ""

    def __getitem__(self, alias: str) -> GatewayAccount:
        return self._current[alias]

    def __contains__(self, alias: object) -> bool:
        """Reports whether the alias exists, without a KeyError, whose text would contain a part of a URL."""
        return alias in self._current

    def __iter__(self) -> Iterator[str]:
        return iter(self._current)

    def __len__(self) -> int:
        return len(self._current)

    def poll(self) -> None:
        """Applies a change that two polls in a row have read.

        One poll is not enough, because it may read a file that is being written.
        """
        before, accounts = self._last_read, self._read_or_log()
        if accounts is not None:
            self._last_read = accounts
            if accounts == before and accounts != self._current:
                self._apply(accounts)

    def reload(self) -> None:
        """Applies the files immediately. An operator has signalled that they are complete."""
        self._logged_error = ""
        accounts = self._read_or_log()
        if accounts is not None:
            self._last_read = accounts
            if accounts == self._current:
                _logger.info("merchant accounts: nothing has changed")
            else:
                self._apply(accounts)

    def _read_or_log(self) -> Accounts | None:
        """Reads the files. Returns None, and logs an error once, when they cannot be used."""
        try:
            accounts = self._read()
            _check_identities(self._identities, accounts)
        except SettingsError as error:
            if str(error) != self._logged_error:
                _logger.error("merchant accounts are unchanged: %s", error)
            self._logged_error = str(error)
            return None
        self._logged_error = ""
        return accounts

    def _apply(self, accounts: Accounts) -> None:
        before, self._current = self._current, accounts
        self._identities |= _identities(accounts)
        for line in _differences(before, accounts):
            _logger.info("merchant accounts: %s", line)
        for alias in before.keys() - accounts.keys():
            _logger.warning("merchant accounts: %s was removed; its open payments wait for it", alias)


def _identities(accounts: Accounts) -> dict[str, GatewayIdentity]:
    return {alias: (account.gateway_url, account.client_id) for alias, account in accounts.items()}


def _check_identities(known: Mapping[str, GatewayIdentity], accounts: Accounts) -> None:
    """Raises SettingsError when an alias has another gateway URL or client id than before."""
    for alias, identity in _identities(accounts).items():
        if identity != known.get(alias, identity):
            raise SettingsError(
                ACCOUNTS,
                f"account '{alias}': gateway_url and client_id cannot change, because its payments belong to "
                "them; add the other account under another name",
            )


def _differences(before: Accounts, after: Accounts) -> list[str]:
    """Describes additions and changes by the names of accounts and fields, without values."""
    added = [f"{alias} was added" for alias in after.keys() - before.keys()]
    common = [alias for alias in after if alias in before and after[alias] != before[alias]]
    return sorted(
        [*added, *(f"{alias} changed: {_changed(before[alias], after[alias])}" for alias in common)]
    )


def _changed(before: GatewayAccount, after: GatewayAccount) -> str:
    names = (field.name for field in fields(GatewayAccount))
    return ", ".join(name for name in names if getattr(before, name) != getattr(after, name))


@asynccontextmanager
async def reload_on_change(
    registry: AccountRegistry, every: timedelta = POLL_INTERVAL
) -> AsyncIterator[None]:
    """Polls the registry every `every` inside the block, and reloads it on SIGHUP."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, registry.reload)
    task = asyncio.create_task(_poll(registry, every))
    try:
        yield
    finally:
        task.cancel()
        loop.remove_signal_handler(signal.SIGHUP)
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _poll(registry: AccountRegistry, every: timedelta) -> None:
    while True:
        await asyncio.sleep(every.total_seconds())
        registry.poll()
