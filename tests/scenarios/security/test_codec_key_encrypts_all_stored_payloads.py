"""With a codec key, Temporal stores only search attributes unencrypted, and those have no personal data."""

import asyncio

import pytest
from google.protobuf.message import Message
from temporalio.api.common.v1 import Memo, Payload, Payloads, WorkflowExecution
from temporalio.api.failure.v1 import Failure
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest, QueryWorkflowRequest
from temporalio.client import Client, WorkflowFailureError

from holdfast import NotUnderReview, Outcome, PaymentStatus, Resolution
from holdfast.temporal.names import CARD_PAYMENT, PAYMENT, workflow_id
from tests.support.eventually import eventually
from tests.support.leaks.stored import PLAIN_TEXT_FIELD, failures, payloads, plain_text
from tests.support.time_skipping import TimeSkipping
from tests.support.world import Json, World, order_fields

MARK = "Mark0"
"""The content of every field with personal data and of every text that a person enters."""
RESOLUTION = Resolution(outcome=Outcome.ACKNOWLEDGED, resolvedBy=MARK, reason=MARK, evidence=MARK)


def count_encrypted(stored: Message) -> int:
    """Returns the number of payloads in a message. Raises AssertionError where one is not encrypted."""
    assert not list(plain_text(stored))
    assert MARK.encode() not in stored.SerializeToString()
    return len([path for path, _ in payloads(stored) if PLAIN_TEXT_FIELD not in path])


async def stored_history(plain: Client, reference: str) -> list[Message]:
    history = await plain.get_workflow_handle(workflow_id(reference)).fetch_history()
    return list(history.events)


async def description(plain: Client, reference: str) -> Message:
    return await plain.workflow_service.describe_workflow_execution(
        DescribeWorkflowExecutionRequest(
            namespace=plain.namespace, execution=WorkflowExecution(workflow_id=workflow_id(reference))
        ),
        retry=True,
    )


async def answer_to(plain: Client, reference: str, query: str) -> Message:
    return await plain.workflow_service.query_workflow(
        QueryWorkflowRequest(
            namespace=plain.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id(reference)),
            query=WorkflowQuery(query_type=query),
        ),
        retry=True,
    )


def marked(reference: str) -> Json:
    """Returns an order with the mark in all personal data."""
    fields = order_fields(reference)
    fields["paymentRedirectUrl"] = f"https://shop.example/back?buyer={MARK}"
    fields["env"]["userAgent"] = MARK
    name = {"firstName": MARK, "lastName": MARK}
    fields["order"] |= {
        "orderDescription": MARK,
        "buyer": {"referenceBuyerId": MARK, "buyerEmail": f"{MARK}@example.com", "buyerName": name},
        "shipping": {
            "shippingName": name,
            "shippingAddress": {"region": "DE", "address1": MARK, "city": MARK, "zipCode": "10115"},
        },
    }
    del fields["paymentReference"]
    return fields


def test_check_reports_an_unencrypted_payload() -> None:
    clear = Payload(metadata={"encoding": b"json/plain"}, data=b"1")
    for stored in (Payloads(payloads=[clear]), Memo(fields={"note": clear}), Failure(message="words")):
        with pytest.raises(AssertionError):
            count_encrypted(stored)


async def test_payment_with_every_kind_of_message_is_encrypted(sealed: World, temporal: TimeSkipping) -> None:
    plain, reference = temporal.client, sealed.reference("sealed")
    await sealed.authorize(reference, card=None, **marked(reference))
    await sealed.buyer(reference, "pay")
    await sealed.becomes(reference, PaymentStatus.AUTHORIZED)
    await sealed.payments.refresh(reference)
    assert count_encrypted(await description(plain, reference)) == 1
    for query in (PAYMENT, "__temporal_workflow_metadata"):
        assert count_encrypted(await answer_to(plain, reference, query)) == 1
    with pytest.raises(NotUnderReview):
        await sealed.payments.resolve(reference, RESOLUTION)
    assert (await sealed.payments.cancel(reference, MARK)).status is PaymentStatus.CANCELLED
    events = await stored_history(plain, reference)
    assert sum(count_encrypted(event) for event in events) > 15
    stored = b"".join(event.SerializeToString() for event in events)
    for readable in (reference.encode(), b"CardPayment", b"PaymentStatus", b"CANCELLED"):
        assert readable in stored


async def test_pending_retry_of_a_call_is_encrypted(sealed: World, temporal: TimeSkipping) -> None:
    reference = sealed.reference("sealed-failing")
    sealed.fault(reference, "pay", "http_500", times=2)
    authorizing = asyncio.create_task(sealed.authorize(reference, **marked(reference)))
    await eventually(lambda: bool(sealed.calls(reference, "pay")))
    while not list(failures(waiting := await description(temporal.client, reference))):
        assert not authorizing.done()
    assert count_encrypted(waiting) > 1
    assert (await authorizing).status is PaymentStatus.AUTHORIZED
    await sealed.payments.cancel(reference, MARK)
    assert sum(count_encrypted(event) for event in await stored_history(temporal.client, reference)) > 8


async def test_refused_order_is_encrypted(sealed: World, temporal: TimeSkipping) -> None:
    reference = sealed.reference("sealed-refused")
    order = {**marked(reference), "paymentReference": reference, MARK: 1}
    handle = await sealed.client.start_workflow(
        CARD_PAYMENT, order, id=workflow_id(reference), task_queue="sealed"
    )
    with pytest.raises(WorkflowFailureError) as refused:
        await handle.result()
    assert MARK in str(refused.value.cause)
    assert sum(count_encrypted(event) for event in await stored_history(temporal.client, reference)) > 1
