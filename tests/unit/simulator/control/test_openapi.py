"""The OpenAPI document is valid, complete, and agrees with what the simulator answers."""

from collections.abc import Iterator

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from holdfast.antom.endpoints import Operation, path_for
from simulator.control.openapi import document as make_document
from simulator.faults import (
    ALLOWED,
    CARD_DATA_FAULTS,
    EXPIRY_FAULTS,
    RISK_REVIEW_FAULTS,
    FaultRequest,
    faults_on,
)
from simulator.http.app import control_routes
from simulator.http.server import Simulator
from simulator.notifications.forgery import ForgeryKind
from tests.support.eventually import eventually
from tests.support.simulator.merchant import DECLINED, Inbox, Json, Merchant, card, pay_body

CONTROL_METHODS = {"GET", "POST", "DELETE"}


@pytest.fixture
async def document(merchant: Merchant) -> Json:
    """The document as it is served."""
    served: Json = (await merchant.http.get(f"{merchant.base_url}/openapi.json")).json()
    return served


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yields method, path and operation object."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def errors(document: Json, content: Json, value: object) -> list[str]:
    """Returns where a value breaks the schema of a media type object."""
    schema = {**content["application/json"]["schema"], "components": document["components"]}
    found = jsonschema.Draft202012Validator(schema).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in found]


async def test_document_is_valid(document: Json) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


async def test_document_has_each_route_and_no_other(document: Json, simulator: Simulator) -> None:
    routes = {
        (method, route.path)
        for route in control_routes(simulator)
        for method in route.methods or ()
        if method in CONTROL_METHODS and route.path != "/openapi.json"
    }
    gateway = {("POST", path_for(operation, simulator.keys.client_id)) for operation in Operation}
    assert {(method, path) for method, path, _ in operations(document)} == routes | gateway


async def test_each_operation_has_a_unique_id_and_a_sentence(document: Json) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for _, path, operation in operations(document):
        assert operation["summary"].endswith("."), path


def test_paths_of_the_gateway_are_those_of_the_client_id() -> None:
    paths = make_document([], "5Y_LIVE", "")["paths"]
    assert isinstance(paths, dict)
    assert set(paths) == {path_for(operation, "5Y_LIVE") for operation in Operation}


def test_each_place_and_name_of_a_fault_is_in_the_request_model() -> None:
    fields = FaultRequest.model_json_schema()["properties"]
    places = fields["on"]["enum"]
    assert set(fields["fault"]["enum"]) == {name for place in places for name in faults_on(place)}
    assert set(places) == {*ALLOWED, *CARD_DATA_FAULTS, *EXPIRY_FAULTS, *RISK_REVIEW_FAULTS}


async def make_payments(merchant: Merchant, simulator: Simulator, inbox: Inbox) -> None:
    """Leaves a payment of each kind, refused calls, and notifications that are sent, forged and held."""
    simulator.inject_fault("notification", "forged")
    paid = await merchant.pay(notify_url=inbox.url)
    await merchant.capture(paid["paymentId"])
    await merchant.pay("pay-2", order="order-2", meta=card(DECLINED), notify_url=inbox.url)
    simulator.hold_notifications("pay-3")
    await merchant.pay("pay-3", order="order-3", meta={}, notify_url="http://127.0.0.1:9/")
    await simulator.buyer_acts("pay-3", "pay")
    await merchant.post(path_for(Operation.CANCEL, "SANDBOX_any"), b"{}", client="SANDBOX_other")
    await eventually(lambda: len(inbox.trusted) == 3)


async def test_each_record_agrees_with_its_schema(
    document: Json, merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    await make_payments(merchant, simulator, inbox)
    ids = {
        "/calls/{id}": [call["id"] for call in simulator.calls()],
        "/notifications/{id}": [notification["id"] for notification in simulator.notifications()],
    }
    read = [path for method, path, _ in operations(document) if method == "GET"]
    assert len(read) == 10
    for path in read:
        content = document["paths"][path]["get"]["responses"]["200"]["content"]
        for number in ids.get(path, [""]):
            answer = await merchant.http.get(merchant.base_url + path.replace("{id}", str(number)))
            assert answer.status_code == 200, path
            assert answer.headers["content-type"] == "application/json"
            assert errors(document, content, answer.json()) == [], path


CHANGES: list[tuple[str, Json]] = [
    ("/notifications/hold", {"paymentRequestId": "pay-1"}),
    ("/notifications/release", {}),
    ("/notifications/{id}/send", {}),
    *(("/notifications/{id}/forge", {"kind": str(kind), "seconds": 60}) for kind in ForgeryKind),
    ("/faults", {"on": "pay", "fault": "delay", "seconds": 3, "times": -1}),
    ("/buyer/{paymentRequestId}", {"action": "fail", "code": "USER_CANCELED"}),
    ("/dashboard/{paymentRequestId}", {"operation": "capture", "value": 10}),
    ("/keys", {"do": "register", "merchantPublicKey": "<the registered key>"}),
    ("/clock", {"advance": 60}),
    ("/reset", {}),
]


@pytest.mark.parametrize(("path", "body"), CHANGES)
async def test_each_change_agrees_with_its_schema(
    document: Json, merchant: Merchant, simulator: Simulator, inbox: Inbox, path: str, body: Json
) -> None:
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(simulator.notifications()[0]["acknowledged"]))
    if "merchantPublicKey" in body:
        body = {**body, "merchantPublicKey": merchant.keys.merchant_public_key}
    operation = document["paths"][path]["post"]
    if "requestBody" in operation:
        assert errors(document, operation["requestBody"]["content"], body) == []
    url = path.format(id=simulator.notifications()[0]["id"], paymentRequestId="pay-1")
    answer = await merchant.http.post(merchant.base_url + url, json=body)
    [(status, success)] = [each for each in operation["responses"].items() if each[0].startswith("2")]
    assert answer.status_code == int(status)
    assert errors(document, success["content"], answer.json()) == []


def test_each_change_is_tried(simulator: Simulator) -> None:
    routes = control_routes(simulator)
    posts = {route.path for route in routes if "POST" in (route.methods or ())}
    assert {path for path, _ in CHANGES} == posts


async def test_notifications_and_their_acknowledgement_agree_with_their_schemas(
    document: Json, merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.inject_fault("riskReview", "processing", code="ACCEPT")
    await merchant.pay(notify_url=inbox.url, mode="AUTOMATIC")
    await merchant.pay("pay-2", order="order-2", meta={}, notify_url=inbox.url)
    await simulator.buyer_acts("pay-2", "pending")
    await eventually(lambda: len(inbox.trusted) == 4)
    assert set(inbox.types()) == {"PAYMENT_RESULT", "PAYMENT_PENDING", "CAPTURE_RESULT", "RISK_POST_REVIEW"}
    described = document["webhooks"]["notification"]["post"]
    for notification in inbox.trusted:
        assert errors(document, described["requestBody"]["content"], notification) == []
    acknowledgement = {"result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "success"}}
    assert errors(document, described["responses"]["200"]["content"], acknowledgement) == []


LAST_DAYS = {"eventCreateTimeFrom": "2026-11-01T00:00:00Z", "eventCreateTimeTo": "2036-11-01T00:00:00Z"}


@pytest.mark.parametrize("meta", [card(), card(DECLINED), {}, {"is3DSAuthentication": True}])
async def test_calls_of_the_gateway_agree_with_their_schemas(
    document: Json, merchant: Merchant, meta: Json
) -> None:
    body = pay_body(meta=meta)
    paid = await merchant.ask(Operation.PAY, body)
    money = {"currency": "EUR", "value": "30000"}
    calls = [
        (
            Operation.CAPTURE,
            {"captureRequestId": "c", "paymentId": paid["paymentId"], "captureAmount": money},
        ),
        (Operation.INQUIRY_PAYMENT, {"paymentRequestId": "pay-1"}),
        (Operation.CANCEL, {"paymentRequestId": "pay-1"}),
        (Operation.NOTIFICATION_LIST, LAST_DAYS),
    ]
    answers = [(operation, sent, await merchant.ask(operation, sent)) for operation, sent in calls]
    for operation, sent, answer in [(Operation.PAY, body, paid), *answers]:
        described = document["paths"][path_for(operation, merchant.keys.client_id)]["post"]
        assert errors(document, described["requestBody"]["content"], sent) == [], operation
        assert errors(document, described["responses"]["200"]["content"], answer) == [], operation
