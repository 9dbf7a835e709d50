"""Missing search attributes are added, or the error names the command that adds them."""

from typing import Any

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    AddSearchAttributesResponse,
    ListSearchAttributesRequest,
    ListSearchAttributesResponse,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from holdfast.temporal.search_attributes import ALL
from services.worker import registration
from services.worker.registration import RegistrationRefused, register_search_attributes

REQUIRED = {key.name: key.indexed_value_type for key in ALL}


async def registered(client: Client) -> dict[str, int]:
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace), retry=True
    )
    return {name: int(kind) for name, kind in answer.custom_attributes.items() if name in REQUIRED}


async def test_new_namespace_receives_every_search_attribute(new_namespace: Client) -> None:
    await register_search_attributes(new_namespace)
    assert await registered(new_namespace) == REQUIRED


async def test_repeated_registration_changes_nothing(temporal: Client) -> None:
    await register_search_attributes(temporal)
    assert await registered(temporal) == REQUIRED


async def test_attribute_of_another_type_is_refused_by_name(new_namespace: Client) -> None:
    await new_namespace.operator_service.add_search_attributes(
        AddSearchAttributesRequest(
            namespace=new_namespace.namespace,
            search_attributes={"NeedsReview": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD},
        )
    )
    with pytest.raises(RegistrationRefused, match=r"NeedsReview has type Keyword .* must be Bool") as caught:
        await register_search_attributes(new_namespace)
    assert "\n" not in str(caught.value)


class _Operator:
    """An operator service that refuses calls, as Temporal Cloud does for a restricted API key."""

    def __init__(self, lists: RPCStatusCode | None, adds: RPCStatusCode | None) -> None:
        self._lists, self._adds = lists, adds

    async def list_search_attributes(self, *_: Any, **__: Any) -> ListSearchAttributesResponse:
        if self._lists:
            raise RPCError("refused", self._lists, b"")
        return ListSearchAttributesResponse()

    async def add_search_attributes(self, *_: Any, **__: Any) -> AddSearchAttributesResponse:
        if self._adds:
            raise RPCError("refused", self._adds, b"")
        return AddSearchAttributesResponse()


@pytest.fixture
def client_with(temporal: Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    def with_operator_service(lists: RPCStatusCode | None, adds: RPCStatusCode | None) -> Client:
        monkeypatch.setattr(Client, "operator_service", property(lambda _: _Operator(lists, adds)))
        return temporal

    return with_operator_service


async def test_refused_registration_is_one_line_with_the_command(client_with: Any) -> None:
    with pytest.raises(RegistrationRefused) as caught:
        await register_search_attributes(client_with(None, RPCStatusCode.PERMISSION_DENIED))
    line = str(caught.value)
    assert "(PERMISSION_DENIED)" in line
    assert "temporal operator search-attribute create --name PaymentStatus --type Keyword" in line
    assert "\n" not in line


async def test_registration_is_skipped_when_listing_is_not_allowed(client_with: Any) -> None:
    await register_search_attributes(client_with(RPCStatusCode.PERMISSION_DENIED, None))


@pytest.mark.parametrize(
    ("lists", "adds"), [(RPCStatusCode.UNAVAILABLE, None), (None, RPCStatusCode.UNAVAILABLE)]
)
async def test_outage_during_registration_raises_rpc_error(client_with: Any, lists: Any, adds: Any) -> None:
    with pytest.raises(RPCError):
        await register_search_attributes(client_with(lists, adds))


async def test_registration_times_out_when_attributes_are_never_listed(
    client_with: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registration, "_POLLS", 2)
    monkeypatch.setattr(registration, "_POLL_SECONDS", 0)
    with pytest.raises(TimeoutError):
        await register_search_attributes(client_with(None, RPCStatusCode.ALREADY_EXISTS))
