"""The gateway clients of a process, one for each merchant account, with its current keys and limits."""

from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from holdfast.antom.accepted_answers import AcceptedAnswers
from holdfast.antom.account import GatewayAccount
from holdfast.antom.client import DEFAULT_TIMEOUTS, AntomClient, Timeouts


class GatewayClients(Mapping[str, AntomClient]):
    """Gateway clients by the alias of their account, opened when they are first used.

    `async with` closes them at its end.

    Args:
        accounts: The accounts by alias, which may change at any time.
        timeouts: The time limits of the calls.
        accepted: The answers that have counted in this process. All clients share them, because two aliases
            can have the same client id.
    """

    def __init__(
        self,
        accounts: Mapping[str, GatewayAccount],
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        accepted: AcceptedAnswers | None = None,
    ) -> None:
        self._accounts = accounts
        self._timeouts = timeouts
        self._accepted = AcceptedAnswers() if accepted is None else accepted
        self._open: dict[str, AntomClient] = {}

    def __getitem__(self, alias: str) -> AntomClient:
        account = self._accounts[alias]
        client = self._open.get(alias)
        if client is None:
            client = self._open[alias] = AntomClient(
                account, timeouts=self._timeouts, accepted=self._accepted
            )
        elif client.account != account:
            client.update_account(account)
        return client

    def __iter__(self) -> Iterator[str]:
        return iter(self._accounts)

    def __len__(self) -> int:
        return len(self._accounts)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        async with AsyncExitStack() as stack:
            for client in self._open.values():
                await stack.enter_async_context(client)
