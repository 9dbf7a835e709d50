"""The line about a payment in Temporal's list: amount, order and capture mode.

`PaymentClient` stores it with the workflow. A payment that another client has started without one has it from
the order, with which its history begins. Neither needs a worker.
"""

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from holdfast.errors import CodecKeyError, InvalidOrder
from holdfast.order import parse_order
from holdfast.temporal import names

_UNREADABLE = (InvalidOrder, KeyError, RuntimeError, TypeError, ValueError)
"""The errors of an argument that is no order, or no payload that Holdfast's clients make."""


async def payment_summary(client: Client, workflow_id: str, run_id: str | None) -> str | None:
    """Returns the line, as in `EUR 300.00 · ORDER_1 · MANUAL`.

    Args:
        client: The Temporal client.
        workflow_id: The workflow id of the payment.
        run_id: The run that the list has.

    Returns:
        The line; None where it is encrypted with a key that this process does not have, where Temporal does
        not have the payment any more, and where its argument is no order.

    Raises:
        RPCError: Temporal does not answer.
    """
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    try:
        stored = await (await handle.describe()).static_summary()
        return stored or await _of_order(client, handle)
    except CodecKeyError:
        return None
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None


async def _of_order(client: Client, handle: WorkflowHandle[object, object]) -> str | None:
    """Returns the line from the first event of the history, of which one page has one event."""
    first = await anext(handle.fetch_history_events(page_size=1), None)
    if first is None:
        return None
    argument = first.workflow_execution_started_event_attributes.input.payloads[:1]
    try:
        order = parse_order(next(iter(await client.data_converter.decode(argument)), None))
    except _UNREADABLE:
        return None
    return names.summary(order.paymentAmount.display, order.order.referenceOrderId, order.captureMode)
