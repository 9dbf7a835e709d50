"""The connection of one command: Temporal by its own variables, and the clients of Holdfast on it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from temporalio.client import Client
from temporalio.service import RPCError

from holdfast.card_vault import KeyringError
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.failure import CommandFailed, failure_of
from holdfast.client import PaymentClient
from holdfast.errors import HoldfastError
from holdfast.reconciliation.client import ReconciliationClient
from holdfast.temporal.connection import TemporalSettingsError, connect, connect_config
from holdfast.temporal.rpc_errors import to_holdfast_error

CONNECT_SECONDS = 10.0
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
    client = await connected()
    try:
        return await command(Session(client, PaymentClient(client), ReconciliationClient(client)))
    except HoldfastError as error:
        raise failure_of(error) from None
    except RPCError as error:
        raise failure_of(to_holdfast_error(error)) from None


async def connected() -> Client:
    """Returns a client of Temporal, by its variables and HOLDFAST_CODEC_KEYS.

    Raises:
        CommandFailed: A variable cannot be used, or Temporal does not answer within ten seconds.
    """
    try:
        address = connect_config()["target_host"]
        async with asyncio.timeout(CONNECT_SECONDS):
            return await connect()
    except (TemporalSettingsError, KeyringError) as error:
        raise CommandFailed(
            str(error), "Correct the variable; `holdfast doctor` checks all of them.", ExitStatus.USAGE
        ) from None
    except (HoldfastError, RuntimeError, TimeoutError):
        raise CommandFailed(
            f"Temporal at {address} does not answer.",
            "Start Temporal, or set TEMPORAL_ADDRESS. With the demo: source .demo/merchant.env",
            ExitStatus.UNAVAILABLE,
        ) from None
