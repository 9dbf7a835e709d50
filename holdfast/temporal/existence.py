"""Checks whether Temporal has a workflow of a payment, running or closed."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from holdfast.temporal.names import workflow_id

_RPC_TIMEOUT = timedelta(seconds=5)


async def payment_exists(client: Client, payment_reference: str) -> bool:
    """Returns whether there is a workflow of this payment.

    Raises:
        RPCError: Temporal does not respond.
    """
    handle = client.get_workflow_handle(workflow_id(payment_reference))
    try:
        await handle.describe(rpc_timeout=_RPC_TIMEOUT)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True
