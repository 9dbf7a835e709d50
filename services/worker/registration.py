"""The registration of the search attributes that a namespace needs before payments can run in it."""

import asyncio
import logging
from datetime import timedelta

from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
    ListSearchAttributesResponse,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from holdfast.temporal.search_attributes import TYPES, create_command, type_name

RPC_TIMEOUT = timedelta(seconds=10)
_POLLS = 100
_POLL_SECONDS = 0.3
NOT_ALLOWED = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED, RPCStatusCode.UNIMPLEMENTED)
_logger = logging.getLogger("holdfast.registration")


class RegistrationRefused(Exception):
    """Search attributes are missing and cannot be added. The message names them and the command to run."""


async def register_search_attributes(client: Client) -> None:
    """Adds each missing attribute of `holdfast.temporal.search_attributes.ALL`.

    A server that does not allow the listing (Temporal Cloud with a restricted API key) is assumed to have
    them all.

    Raises:
        RegistrationRefused: An attribute has another type, or the server refuses to add one.
        RPCError: The server does not answer.
        TimeoutError: The server does not list an added attribute within 30 seconds.
    """
    missing = await _missing(client)
    if not missing:
        return
    await _add(client, missing)
    _logger.info("registered search attributes: %s", ", ".join(missing))
    await _wait_until_listed(client)


async def _wait_until_listed(client: Client) -> None:
    """Waits until the server lists what it has added. Raises TimeoutError."""
    for _ in range(_POLLS):
        if not await _missing(client):
            return
        await asyncio.sleep(_POLL_SECONDS)
    raise TimeoutError("the server does not list the search attributes it has added")


async def _missing(client: Client) -> list[str]:
    try:
        known = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace), retry=True, timeout=RPC_TIMEOUT
        )
    except RPCError as error:
        if error.status not in NOT_ALLOWED:
            raise
        _logger.warning("cannot list the registered search attributes (%s)", error.status.name)
        return []
    _check_types(known)
    return [name for name in TYPES if name not in known.custom_attributes]


def _check_types(known: ListSearchAttributesResponse) -> None:
    for name, required in TYPES.items():
        found = known.custom_attributes.get(name, required)
        if found != required:
            raise RegistrationRefused(
                f"search attribute {name} has type {type_name(found)} in this namespace, and must be "
                f"{type_name(required)}: use another namespace, or remove it first"
            )


async def _add(client: Client, names: list[str]) -> None:
    request = AddSearchAttributesRequest(
        namespace=client.namespace, search_attributes={name: TYPES[name] for name in names}
    )
    try:
        await client.operator_service.add_search_attributes(request, retry=True, timeout=RPC_TIMEOUT)
    except RPCError as error:
        # another worker has added them at the same time
        if error.status == RPCStatusCode.ALREADY_EXISTS:
            return
        if error.status in (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED):
            raise
        raise RegistrationRefused(_advice(names, error.status)) from None


def _advice(names: list[str], status: RPCStatusCode) -> str:
    return (
        f"search attributes are missing and the server refuses to add them ({status.name}): "
        f"run {create_command(names)}"
    )
