"""The connection of one command: Temporal by its own variables, and the clients of Holdfast on it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from temporalio.client import Client

from holdfast.cli.failure import failure_of
from holdfast.client import PaymentClient
from holdfast.errors import HoldfastError
from holdfast.reconciliation.client import ReconciliationClient
from holdfast.temporal.connection import connect

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Session:
    """The clients of one command."""

    temporal: Client
    payments: PaymentClient
    reconciliations: ReconciliationClient


def with_session(command: Callable[[Session], Awaitable[_Result]]) -> _Result:
    """Connects to Temporal, runs a command and returns its result.

    Raises:
        CommandFailed: Temporal cannot be reached, or a call of the command has failed.
    """
    return asyncio.run(_run(command))


async def _run(command: Callable[[Session], Awaitable[_Result]]) -> _Result:
    try:
        client = await connect()
        return await command(Session(client, PaymentClient(client), ReconciliationClient(client)))
    except HoldfastError as error:
        raise failure_of(error) from None
