"""The state of a payment, read from its workflow without changing it."""

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


class ObservedPayment(NamedTuple):
    """A payment as Temporal has it now.

    `payment` is None when Temporal does not know it, and when its order was refused, so that nothing was sent
    to the gateway.
    """

    payment: Payment | None = None
    is_running: bool = False
    is_stopped: bool = False
    """Whether the workflow was ended from outside, for example terminated, before the payment was final."""


async def observe_payment(client: Client, workflow_id: str) -> ObservedPayment | None:
    """Reads a payment. Returns None when Temporal or the payment's worker does not answer."""
    handle = client.get_workflow_handle(workflow_id, result_type=Payment)
    try:
        return await _read(handle)
    except RPCError as error:
        return ObservedPayment() if error.status is RPCStatusCode.NOT_FOUND else None
    except (*TEMPORAL_ERRORS, ValueError):
        # ValueError: the payload cannot be decrypted, or another release has written it
        return None


async def _read(handle: WorkflowHandle[object, Payment]) -> ObservedPayment:
    status = (await handle.describe(rpc_timeout=_RPC_TIMEOUT)).status
    if status is WorkflowExecutionStatus.COMPLETED:
        return ObservedPayment(await handle.result())
    is_running = status is WorkflowExecutionStatus.RUNNING
    if not is_running and await _was_never_sent(handle):
        return ObservedPayment()
    payment: Payment = await handle.query(PAYMENT, result_type=Payment, rpc_timeout=_RPC_TIMEOUT)
    return ObservedPayment(payment, is_running, is_stopped=not is_running)


async def _was_never_sent(handle: WorkflowHandle[object, Payment]) -> bool:
    """Reports whether the workflow failed because of its order, which happens before anything is sent."""
    try:
        await handle.result()
    except WorkflowFailureError as failure:
        return isinstance(failure.cause, ApplicationError) and failure.cause.type == InvalidOrder.__name__
    return False
