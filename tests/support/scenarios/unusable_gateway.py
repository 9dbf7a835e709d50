"""Workers that cannot send a call: their gateway refuses connections, or they lack an account."""

import dataclasses
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from activities.gateway.payments import GatewayActivities
from holdfast.antom.client import AntomClient
from holdfast.card_vault import CardVault
from tests.support.world import NOTIFY_PATH, World, account_of

_CLOSED_PORT = "http://127.0.0.1:1"

Activities = Sequence[Callable[..., object]]


class _Accounts(dict[str, AntomClient]):
    """The accounts of a worker, which are used from the call after the first `unusable` ones.

    Before, `instead` is used, or the account is missing where there is no such client.
    """

    def __init__(self, usable: AntomClient, *, unusable: int, instead: AntomClient | None = None) -> None:
        super().__init__(default=usable)
        self._unusable = unusable
        self._instead = instead

    def __getitem__(self, alias: str) -> AntomClient:
        self._unusable -= 1
        if self._unusable < 0:
            return super().__getitem__(alias)
        if self._instead is None:
            raise KeyError(alias)
        return self._instead


@asynccontextmanager
async def unusable_at_first(world: World, calls: int, *, connects: bool = False) -> AsyncIterator[Activities]:
    """The activities of a worker that cannot send its first calls.

    The account is missing during these calls; with `connects`, its gateway refuses their connections.
    """
    account = account_of(world.simulator)
    closed = dataclasses.replace(account, gateway_url=_CLOSED_PORT)
    async with AntomClient(account) as usable, AntomClient(closed) as unreachable:
        accounts = _Accounts(usable, unusable=calls, instead=unreachable if connects else None)
        yield activities(world, accounts, world.vault)


def activities(world: World, accounts: dict[str, AntomClient], vault: CardVault | None) -> Activities:
    """The activities of a worker with these accounts and this vault."""
    return GatewayActivities(accounts, world.webhook_url + NOTIFY_PATH, vault).all()
