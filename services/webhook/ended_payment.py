"""The result of a payment that has ended, with which a late notification is compared."""

import logging
from datetime import timedelta
from typing import NamedTuple

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from holdfast.errors import HoldfastError
from holdfast.payment import Payment
from holdfast.temporal.names import workflow_id

_RPC_TIMEOUT = timedelta(seconds=5)
_logger = logging.getLogger("holdfast.webhook")


class EndedPayment(NamedTuple):
    """A payment whose workflow is no longer running."""

    reference: str
    result: Payment | None
    """None where the workflow has no result that this process can read: it was terminated, its order was
    invalid, or a codec key is missing."""


async def find_ended(client: Client, payment_reference: str) -> EndedPayment | None:
    """Returns the payment; None where Temporal has no workflow of it.

    Raises:
        RPCError: Temporal does not respond.
    """
    handle = client.get_workflow_handle(workflow_id(payment_reference), result_type=Payment)
    try:
        status = (await handle.describe(rpc_timeout=_RPC_TIMEOUT)).status
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None
    if status is not WorkflowExecutionStatus.COMPLETED:
        return EndedPayment(payment_reference, None)
    try:
        return EndedPayment(payment_reference, await handle.result(rpc_timeout=_RPC_TIMEOUT))
    except (HoldfastError, ValueError) as error:
        # the class alone: the message of a validation error can repeat what it has read
        _logger.warning("the result of %s cannot be read: %s", handle.id, type(error).__name__)
        return EndedPayment(payment_reference, None)
