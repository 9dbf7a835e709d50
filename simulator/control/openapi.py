"""The OpenAPI document of the simulator, made from the table of its endpoints and the gateway's models."""

import re
from collections.abc import Iterable, Sequence

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from holdfast.antom.endpoints import path_for
from simulator.control.answers import Problem
from simulator.control.endpoint import Endpoint
from simulator.control.gateway_calls import (
    ACKNOWLEDGEMENT,
    GATEWAY_CALLS,
    NOTIFICATION_BODY,
    NOTIFICATION_MODELS,
    REQUEST_HEADERS,
    RESPONSE_HEADERS,
    GatewayCall,
)

Json = dict[str, object]
VERSION = "3.1.1"
_DESCRIPTION = (
    "A stateful stand-in for the Antom gateway, for tests. It is not the gateway: it answers card payments "
    "alone, moves no money and checks no card. The paths below /ams are the gateway's, and are signed; all "
    "others control the simulator and have no authentication."
)
_REFUSED = {
    400: "The request is invalid.",
    403: "A web page of another origin has sent the request.",
    404: "Nothing has this id.",
}
_JSON = "application/json"
_MODE: JsonSchemaMode = "validation"


def document(table: Sequence[Endpoint], client_id: str, base_url: str) -> Json:
    """Returns the OpenAPI 3.1 document.

    Args:
        table: The control endpoints.
        client_id: The client id, which selects the gateway's paths.
        base_url: The URL under which the simulator is served.
    """
    schemas = _Schemas(table)
    paths: dict[str, Json] = {}
    for each in table:
        paths.setdefault(each.path, {})[each.method.lower()] = _control_operation(each, schemas)
    for call in GATEWAY_CALLS:
        paths[path_for(call.operation, client_id)] = {"post": _gateway_operation(call, schemas)}
    return {
        "openapi": VERSION,
        "info": {"title": "Antom gateway simulator", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": base_url or "/"}],
        "paths": paths,
        "webhooks": {"notification": {"post": _notification(schemas)}},
        "components": {"schemas": schemas.definitions},
    }


class _Schemas:
    """The JSON Schemas of all models, each defined once."""

    def __init__(self, table: Iterable[Endpoint]) -> None:
        models: dict[str, TypeAdapter[object]] = {"problem": TypeAdapter(Problem), **NOTIFICATION_MODELS}
        for each in table:
            models[f"{each.name} answer"] = each.answer
            if each.has_body:
                models[f"{each.name} body"] = TypeAdapter(each.body)
        for call in GATEWAY_CALLS:
            models[f"{call.name} body"] = TypeAdapter(call.request)
            models[f"{call.name} answer"] = TypeAdapter(call.response)
        inputs = [(name, _MODE, adapter) for name, adapter in models.items()]
        self._found, definitions = TypeAdapter.json_schemas(
            inputs, ref_template="#/components/schemas/{model}"
        )
        self.definitions: Json = definitions["$defs"]

    def content(self, name: str) -> Json:
        """Returns the media type object of a model."""
        return {_JSON: {"schema": self._found[name, _MODE]}}


def _control_operation(each: Endpoint, schemas: _Schemas) -> Json:
    refused = {
        str(code): {"description": _REFUSED[code], "content": schemas.content("problem")}
        for code in each.errors
    }
    answer = {"description": "What it returns.", "content": schemas.content(f"{each.name} answer")}
    operation: Json = {
        "operationId": each.name,
        "summary": each.summary,
        "tags": ["control"],
        "responses": {str(each.status): answer, **refused},
    }
    if parameters := [_path_parameter(name) for name in re.findall(r"{(\w+)}", each.path)]:
        operation["parameters"] = parameters
    if each.has_body:
        operation["requestBody"] = {"required": True, "content": schemas.content(f"{each.name} body")}
    return operation


def _path_parameter(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _gateway_operation(call: GatewayCall, schemas: _Schemas) -> Json:
    return {
        "operationId": call.name,
        "summary": call.summary,
        "tags": ["gateway"],
        "parameters": _signed_headers(),
        "requestBody": {"required": True, "content": schemas.content(f"{call.name} body")},
        "responses": {
            "200": {
                "description": (
                    "The result, also of a refused request. The answer to a request with a wrong client id "
                    "or signature has no signature itself."
                ),
                "headers": {
                    name: {"description": text, "schema": {"type": "string"}}
                    for name, text in RESPONSE_HEADERS.items()
                },
                "content": schemas.content(f"{call.name} answer"),
            },
            "413": {"description": "The body is larger than 1 MiB."},
        },
    }


def _notification(schemas: _Schemas) -> Json:
    return {
        "operationId": "notify",
        "summary": "Is sent to the paymentNotifyUrl of a pay call, and signed over the path of that URL.",
        "tags": ["gateway"],
        "parameters": _signed_headers(),
        "requestBody": {"required": True, "content": schemas.content(NOTIFICATION_BODY)},
        "responses": {
            "200": {
                "description": "The notification is not sent again.",
                "content": schemas.content(ACKNOWLEDGEMENT),
            },
            "default": {"description": "The notification is sent again, eight times in all."},
        },
    }


def _signed_headers() -> list[Json]:
    return [
        {"name": name, "in": "header", "description": text, "required": True, "schema": {"type": "string"}}
        for name, text in REQUEST_HEADERS.items()
    ]
