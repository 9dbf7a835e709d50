"""Temporal's database is restored to a moment before a call: the gateway knows more than the payment does."""

import secrets

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest

from holdfast import PaymentStatus
from tests.support.world import World


async def _restored_to_the_beginning(world: World, reference: str) -> None:
    """As after a restore: nothing that happened later is known, no message either."""
    history = await world.handle(reference).fetch_history()
    first = next(e for e in history.events if e.HasField("workflow_task_completed_event_attributes"))
    forgotten = (
        ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL,
        ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,
    )
    request = ResetWorkflowExecutionRequest(
        namespace=world.client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=world.handle(reference).id),
        reason="as after a restore",
        workflow_task_finish_event_id=first.event_id,
        request_id=secrets.token_hex(8),
        reset_reapply_exclude_types=forgotten,
    )
    await world.client.workflow_service.reset_workflow_execution(request, retry=True)


async def test_a_card_that_has_left_the_vault_is_no_proof_that_nothing_was_sent(world: World) -> None:
    reference = world.reference("restored-before-pay")
    world.fault(reference, "notification", "none", times=-1)
    await world.authorize(reference)
    await _restored_to_the_beginning(world, reference)
    payment = await world.payments.wait(reference, until={PaymentStatus.AUTHORIZED, PaymentStatus.DECLINED})
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.attempts[0].decidedBy == "INQUIRY"
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    money = world.ledger(reference)
    assert (money["maxLiveAuthorizations"], money["capturedAmount"]) == (1, 30000)
    assert len(world.calls(reference, "pay")) == 1
