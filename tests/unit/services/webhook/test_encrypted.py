"""With a codec key, Temporal stores notifications encrypted."""

import base64
from collections.abc import Callable

from starlette.applications import Starlette
from temporalio.client import Client

from holdfast.temporal.connection import data_converter
from holdfast.temporal.names import CARD_PAYMENT, TASK_QUEUE, workflow_id
from services.settings import Settings
from services.webhook.app import create_app
from services.webhook.delivery import VerifiedRequest
from tests.support.services.notification_sender import NOW, Sender, payment_result

KEY = "k1:" + base64.b64encode(b"k" * 32).decode()


async def test_signal_and_late_notice_are_stored_encrypted(
    settings: Settings, new_namespace: Client, sender_to: Callable[[Starlette], Sender]
) -> None:
    client = await Client.connect(
        new_namespace.service_client.config.target_host,
        namespace=new_namespace.namespace,
        data_converter=data_converter(KEY),
    )
    payment = await client.start_workflow(
        CARD_PAYMENT, None, id=workflow_id("ORDER_E"), task_queue=TASK_QUEUE
    )
    signalled, late = payment_result("ORDER_E-1", "PAYMENTID"), payment_result("UNKNOWN-1", "PAYMENTID")
    sender = sender_to(create_app(settings, client, lambda: NOW))
    async with sender.http:
        assert (await sender.post(signalled, "ORDER_E")).status_code == 200
        assert (await sender.post(late, "UNKNOWN")).status_code == 200
    for workflow in (payment.id, VerifiedRequest("default", "UNKNOWN", late, NOW).late_notification_id):
        history = await new_namespace.get_workflow_handle(workflow).fetch_history()
        stored = b"".join(event.SerializeToString() for event in history.events)
        assert b"binary/encrypted" in stored
        assert b"PAYMENTID" not in stored
