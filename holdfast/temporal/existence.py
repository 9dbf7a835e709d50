"""Whether Temporal knows a payment at all, running or ended."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from holdfast.temporal.names import workflow_id

_RPC_TIMEOUT = timedelta(seconds=5)


async def exists(client: Client, payment_reference: str) -> bool:
    """Whether there is a workflow of this payment. Raises RPCError when Temporal does not answer."""
    handle = client.get_workflow_handle(workflow_id(payment_reference))
    try:
        await handle.describe(rpc_timeout=_RPC_TIMEOUT)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True
