"""Signals that a workflow receives once, however often they are sent.

The SDK's `WorkflowHandle.signal` makes a new request id in each call, so that the server stores every
repetition as an event of its own. This module sends the request itself, with the caller's id.
"""

from datetime import timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import SignalWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.converter import WorkflowSerializationContext


async def signal_once(
    client: Client,
    workflow_id: str,
    signal: str,
    argument: object,
    *,
    request_id: str,
    rpc_timeout: timedelta,
) -> None:
    """Sends a signal that one run of a workflow stores once for each request id.

    The argument is converted and encrypted by the client's data converter, like every other payload. With
    encryption its bytes differ in each call; the server compares the request id alone. A workflow that
    continues as new has a new run, which stores the signal once more.

    Args:
        client: The Temporal client.
        workflow_id: The id of the workflow; its current run receives the signal.
        signal: The name of the signal.
        argument: The argument of the signal.
        request_id: The id by which the server recognises a repetition.
        rpc_timeout: The longest time of one call to the server.

    Raises:
        RPCError: Temporal does not store the signal; NOT_FOUND where no workflow with the id is running.
    """
    context = WorkflowSerializationContext(namespace=client.namespace, workflow_id=workflow_id)
    request = SignalWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow_id),
        signal_name=signal,
        identity=client.identity,
        request_id=request_id,
    )
    request.input.payloads.extend(await client.data_converter.with_context(context).encode([argument]))
    await client.workflow_service.signal_workflow_execution(request, retry=True, timeout=rpc_timeout)
