"""The update by which a reconciliation lets a running payment inquire about itself."""

import uuid

from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.calls import Failure
from holdfast.errors import PaymentEnded, PaymentNotFound
from holdfast.payment import Payment
from holdfast.temporal.names import RECONCILE
from holdfast.temporal.rpc_errors import TEMPORAL_ERRORS, to_holdfast_error
from holdfast.temporal.server import server_of
from settlement.notification.verified_notification import VerifiedNotification


async def reconcile(
    temporal: Client, workflow_id: str, notification: VerifiedNotification | None = None
) -> bool:
    """Lets a running payment inquire about every attempt. Returns False when it accepts no update.

    Args:
        temporal: The client of the payment's workflow.
        workflow_id: The payment's workflow id.
        notification: A notification of the gateway's list, which the payment settles before its inquiries.

    Raises:
        ApplicationError: Temporal does not answer.
    """
    handle = temporal.get_workflow_handle(workflow_id)
    try:
        await handle.execute_update(RECONCILE, notification, id=uuid.uuid4().hex, result_type=Payment)
    except WorkflowUpdateFailedError:
        return False
    except TEMPORAL_ERRORS as error:
        translated_error = to_holdfast_error(error, f"workflow {workflow_id}", server_of(temporal))
        if isinstance(translated_error, PaymentEnded | PaymentNotFound):
            return False
        raise ApplicationError(str(translated_error), type=Failure.NOT_SENT) from None
    return True
