"""Temporal's database is restored to a time before a pay call that the gateway has processed."""

import secrets

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest

from holdfast import PaymentStatus
from tests.support.world import World


async def _reset_to_the_beginning(world: World, reference: str) -> None:
    """Resets the workflow to its first task, without its later signals and updates, as after a restore."""
    history = await world.handle(reference).fetch_history()
    first = next(e for e in history.events if e.HasField("workflow_task_completed_event_attributes"))
    excluded = (
        ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL,
        ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,
    )
    request = ResetWorkflowExecutionRequest(
        namespace=world.client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=world.handle(reference).id),
        reason="as after a restore",
        workflow_task_finish_event_id=first.event_id,
        request_id=secrets.token_hex(8),
        reset_reapply_exclude_types=excluded,
    )
    await world.client.workflow_service.reset_workflow_execution(request, retry=True)


async def test_missing_card_after_a_restore_leads_to_an_inquiry_and_one_charge(world: World) -> None:
    reference = world.reference("restored-before-pay")
    world.fault(reference, "notification", "none", times=-1)
    await world.authorize(reference)
    await _reset_to_the_beginning(world, reference)
    payment = await world.payments.wait(reference, until={PaymentStatus.AUTHORIZED, PaymentStatus.DECLINED})
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.attempts[0].decidedBy == "INQUIRY"
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    money = world.ledger(reference)
    assert (money["maxLiveAuthorizations"], money["capturedAmount"]) == (1, 30000)
    assert len(world.calls(reference, "pay")) == 1
