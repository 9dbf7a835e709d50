"""The merchant accounts in force, which can be changed without a restart.

The files behind them are looked at every few seconds, and at once on SIGHUP. A change is taken as a whole or
not at all: what cannot be read, or breaks a rule, leaves every account as it was and is one line in the log.

An alias stays one merchant at one gateway for as long as the process lives. Another gateway, or another
client id, would say with good reason that it knows nothing of the payments that are open at the first one.
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
from services.settings import ACCOUNTS, SettingsError

LOOK_EVERY = timedelta(seconds=2)
Accounts = Mapping[str, GatewayAccount]
Place = tuple[str, str]
"""Gateway URL and client id."""
_logger = logging.getLogger("holdfast.accounts")


class AccountRegistry(Accounts):
    """By alias, as they are now. `read` is `Settings.accounts`; what it raises at first is raised."""

    def __init__(self, read: Callable[[], Accounts]) -> None:
        self._read = read
        self._current = self._last_seen = read()
        self._places = _places(self._current)
        self._told = ""

    def __getitem__(self, alias: str) -> GatewayAccount:
        return self._current[alias]

    def __contains__(self, alias: object) -> bool:
        """Without an exception on the way, whose text would hold what anybody has put into a URL."""
        return alias in self._current

    def __iter__(self) -> Iterator[str]:
        return iter(self._current)

    def __len__(self) -> int:
        return len(self._current)

    def look(self) -> None:
        """Take a change that was there at the last look already: a file that is being written may say
        anything for a moment.
        """
        before, seen = self._last_seen, self._seen()
        if seen is not None:
            self._last_seen = seen
            if seen == before and seen != self._current:
                self._take(seen)

    def reload(self) -> None:
        """Take what the files say now: an operator says that they are complete."""
        self._told = ""
        seen = self._seen()
        if seen is not None:
            self._last_seen = seen
            if seen == self._current:
                _logger.info("merchant accounts: nothing has changed")
            else:
                self._take(seen)

    def _seen(self) -> Accounts | None:
        """What the files say; None where they cannot be used, which is told once."""
        try:
            seen = self._read()
            _check_places(self._places, seen)
        except SettingsError as error:
            if str(error) != self._told:
                _logger.error("merchant accounts stay as they were: %s", error)
            self._told = str(error)
            return None
        self._told = ""
        return seen

    def _take(self, accounts: Accounts) -> None:
        before, self._current = self._current, accounts
        self._places |= _places(accounts)
        for line in _differences(before, accounts):
            _logger.info("merchant accounts: %s", line)
        for alias in before.keys() - accounts.keys():
            _logger.warning("merchant accounts: %s is gone; its open payments wait until it is back", alias)


def _places(accounts: Accounts) -> dict[str, Place]:
    return {alias: (account.gateway_url, account.client_id) for alias, account in accounts.items()}


def _check_places(known: Mapping[str, Place], seen: Accounts) -> None:
    """Raises SettingsError."""
    for alias, place in _places(seen).items():
        if place != known.get(alias, place):
            raise SettingsError(
                ACCOUNTS,
                f"account '{alias}': gateway_url and client_id stay what they are, because its payments are "
                "there; give the other account another name",
            )


def _differences(before: Accounts, after: Accounts) -> list[str]:
    """What was added and changed, by names alone."""
    added = [f"{alias} is new" for alias in after.keys() - before.keys()]
    common = [alias for alias in after if alias in before and after[alias] != before[alias]]
    return sorted(
        [*added, *(f"{alias} has another {_changed(before[alias], after[alias])}" for alias in common)]
    )


def _changed(before: GatewayAccount, after: GatewayAccount) -> str:
    names = (field.name for field in fields(GatewayAccount))
    return ", ".join(name for name in names if getattr(before, name) != getattr(after, name))


@asynccontextmanager
async def kept_current(book: AccountRegistry, every: timedelta = LOOK_EVERY) -> AsyncIterator[None]:
    """Inside, changes of the files are followed, and SIGHUP is obeyed."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, book.reload)
    task = asyncio.create_task(_follow(book, every))
    try:
        yield
    finally:
        task.cancel()
        loop.remove_signal_handler(signal.SIGHUP)
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _follow(book: AccountRegistry, every: timedelta) -> None:
    while True:
        await asyncio.sleep(every.total_seconds())
        book.look()
