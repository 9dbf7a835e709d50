"""The search attributes that a namespace must have before payments can run in it."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
    ListSearchAttributesResponse,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from holdfast.temporal.search_attributes import ALL

RPC_TIMEOUT = timedelta(seconds=10)
_LOOKS = 100
_BETWEEN_LOOKS = 0.3
"""Seconds."""
NOT_ALLOWED = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED, RPCStatusCode.UNIMPLEMENTED)
_WANTED: Mapping[str, IndexedValueType.ValueType] = {
    key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in ALL
}
_logger = logging.getLogger("holdfast.registration")


class RegistrationRefused(Exception):
    """The namespace lacks search attributes and does not take them; says which, and what to do."""


async def register_search_attributes(client: Client) -> None:
    """Add each missing attribute of `holdfast.temporal.search_attributes.ALL`.

    Raises RegistrationRefused when one exists with another type, or when the server refuses to add them,
    RPCError or TimeoutError when it does not answer. A server that does not let us look (Temporal Cloud
    with a narrow API key) is believed to have them.
    """
    missing = await _missing(client)
    if not missing:
        return
    await _add(client, missing)
    _logger.info("registered search attributes: %s", ", ".join(missing))
    await _until_visible(client)


async def _until_visible(client: Client) -> None:
    """A server may take a moment to show what it has added. Raises TimeoutError."""
    for _ in range(_LOOKS):
        if not await _missing(client):
            return
        await asyncio.sleep(_BETWEEN_LOOKS)
    raise TimeoutError("the server does not show the search attributes it has added")


async def _missing(client: Client) -> list[str]:
    try:
        known = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace), retry=True, timeout=RPC_TIMEOUT
        )
    except RPCError as error:
        if error.status not in NOT_ALLOWED:
            raise
        _logger.warning("cannot see whether the search attributes are registered (%s)", error.status.name)
        return []
    _check_types(known)
    return [name for name in _WANTED if name not in known.custom_attributes]


def _check_types(known: ListSearchAttributesResponse) -> None:
    for name, wanted in _WANTED.items():
        found = known.custom_attributes.get(name, wanted)
        if found != wanted:
            raise RegistrationRefused(
                f"search attribute {name} has type {_type_name(found)} in this namespace, and must be "
                f"{_type_name(wanted)}: use another namespace, or remove it first"
            )


async def _add(client: Client, names: list[str]) -> None:
    request = AddSearchAttributesRequest(
        namespace=client.namespace, search_attributes={name: _WANTED[name] for name in names}
    )
    try:
        await client.operator_service.add_search_attributes(request, retry=True, timeout=RPC_TIMEOUT)
    except RPCError as error:
        # another worker was faster
        if error.status == RPCStatusCode.ALREADY_EXISTS:
            return
        if error.status in (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED):
            raise
        raise RegistrationRefused(_advice(names, error.status)) from None


def _advice(names: list[str], status: RPCStatusCode) -> str:
    options = " ".join(f"--name {name} --type {_type_name(_WANTED[name])}" for name in names)
    return (
        f"search attributes are missing and the server refuses to add them ({status.name}): "
        f"run temporal operator search-attribute create {options}"
    )


def _type_name(value: IndexedValueType.ValueType) -> str:
    """As the command line writes it: Keyword, Datetime, Bool."""
    return IndexedValueType.Name(value).removeprefix("INDEXED_VALUE_TYPE_").capitalize()
