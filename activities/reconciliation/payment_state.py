"""What Holdfast believes of a payment, read from its workflow without changing it."""

from datetime import timedelta
from typing import NamedTuple

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from holdfast.errors import InvalidOrder
from holdfast.payment import Payment
from holdfast.temporal.names import PAYMENT
from holdfast.temporal.rpc_errors import TEMPORAL_ERRORS

_RPC_TIMEOUT = timedelta(seconds=10)


class Belief(NamedTuple):
    """`payment` is None where Temporal has none, and where nothing was ever sent to the gateway."""

    payment: Payment | None = None
    is_running: bool = False
    is_stopped: bool = False
    """Somebody ended the workflow from outside: what it would have done is not done."""


async def believed(client: Client, workflow_id: str) -> Belief | None:
    """The belief; None when Temporal, or the payment's worker, does not tell."""
    handle = client.get_workflow_handle(workflow_id, result_type=Payment)
    try:
        return await _read(handle)
    except RPCError as error:
        return Belief() if error.status is RPCStatusCode.NOT_FOUND else None
    except (*TEMPORAL_ERRORS, ValueError):
        # ValueError: what is stored cannot be decrypted, or is of another release
        return None


async def _read(handle: WorkflowHandle[object, Payment]) -> Belief:
    status = (await handle.describe(rpc_timeout=_RPC_TIMEOUT)).status
    if status is WorkflowExecutionStatus.COMPLETED:
        return Belief(await handle.result())
    is_running = status is WorkflowExecutionStatus.RUNNING
    if not is_running and await _was_never_sent(handle):
        return Belief()
    payment: Payment = await handle.query(PAYMENT, result_type=Payment, rpc_timeout=_RPC_TIMEOUT)
    return Belief(payment, is_running, is_stopped=not is_running)


async def _was_never_sent(handle: WorkflowHandle[object, Payment]) -> bool:
    """Whether the workflow failed because of its order, which it does before anything is sent."""
    try:
        await handle.result()
    except WorkflowFailureError as failure:
        return isinstance(failure.cause, ApplicationError) and failure.cause.type == InvalidOrder.__name__
    return False
