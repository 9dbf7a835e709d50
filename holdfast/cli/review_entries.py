"""What a person must look at: why, since when, and the commands to run next."""

import asyncio
import shlex

from pydantic import AwareDatetime, BaseModel
from temporalio.client import WorkflowFailureError

from holdfast.cli.session import Session
from holdfast.errors import CodecKeyError, HoldfastError
from holdfast.payment import Payment
from holdfast.payment_list import ANSWER_WITHIN
from holdfast.review_list import ReviewItem
from holdfast.statuses.payment_status import PaymentStatus
from holdfast.temporal import names
from holdfast.temporal.calls import answered
from holdfast.validation.strict import Strict

_NOTE = "--reason '' --evidence ''"
"""The texts are empty, and empty ones are refused: a command that is only copied decides nothing."""


class ReviewEntry(Strict):
    """One item of the review list, with what an operator needs to act on it."""

    workflowId: str
    workflowType: str
    paymentReference: str | None
    merchantAccount: str | None
    status: str | None
    """The payment's status; None for a late notification and for a difference."""
    paymentId: str | None
    paymentRequestId: str | None = None
    """The id of a payment's current attempt, by which the gateway's dashboard finds it."""
    amount: str | None = None
    """The payment's amount for display, as in `EUR 300.00`."""
    reason: str
    since: AwareDatetime
    isOpen: bool
    commands: tuple[str, ...] = ()
    """The commands of which one is run next, the most likely first."""


class _LateNotice(BaseModel):
    """What the list reads of a late notification."""

    paymentReference: str | None = None


async def review_entries(session: Session, items: list[ReviewItem]) -> list[ReviewEntry]:
    """Returns the entries of the review list's items, in the same order.

    Raises:
        PaymentUnavailable: Temporal does not answer.
    """
    return list(await asyncio.gather(*(_entry(session, item) for item in items)))


async def _entry(session: Session, item: ReviewItem) -> ReviewEntry:
    entry = ReviewEntry(
        workflowId=item.workflow_id,
        workflowType=item.workflow_type,
        paymentReference=item.payment_reference,
        merchantAccount=item.merchant_account,
        status=item.status,
        paymentId=item.payment_id,
        reason="",
        since=item.since,
        isOpen=item.is_open,
    )
    if item.workflow_type == names.CARD_PAYMENT:
        return entry.model_copy(update=await _payment_fields(session, item))
    if item.workflow_type == names.DIFFERENCE:
        fields: dict[str, object] = {"commands": _of_difference(item)}
    else:
        fields = await _late_fields(session, item)
    return entry.model_copy(update={"reason": await _summary(session, item)} | fields)


async def _payment_fields(session: Session, item: ReviewItem) -> dict[str, object]:
    """Reads why the payment needs a person. A payment that cannot be read stays in the list."""
    try:
        payment = await session.payments.get(item.payment_reference or "")
    except HoldfastError as error:
        return {
            "reason": f"the payment cannot be read: {error}",
            "commands": (f"holdfast show {item.payment_reference}",),
        }
    fields: dict[str, object] = {
        "status": payment.status,
        "amount": payment.paymentAmount.display,
        "paymentRequestId": payment.attempt.paymentRequestId,
        "commands": _of_payment(payment),
    }
    if payment.review is not None:
        return fields | {"reason": payment.review.reason, "since": payment.review.since}
    if payment.status is PaymentStatus.NEEDS_REVIEW:
        return fields | {"reason": "acknowledged, and the outcome is still not known"}
    return fields | {"reason": "the review has been resolved meanwhile"}


def _of_payment(payment: Payment) -> tuple[str, ...]:
    reference = payment.paymentReference
    if payment.status.is_final:
        return (f"holdfast show {reference}",)
    if payment.status is not PaymentStatus.NEEDS_REVIEW:
        return (
            f"holdfast show {reference}",
            f"holdfast resolve {reference} --outcome ACKNOWLEDGED {_NOTE}",
        )
    capture = payment.open_capture
    subject = f" --capture {shlex.quote(capture.captureRequestId)}" if capture else ""
    return (
        f"holdfast refresh {reference}",
        f"holdfast resolve {reference} --outcome OUTCOME{subject} {_NOTE}",
    )


def _of_difference(item: ReviewItem) -> tuple[str, ...]:
    """Returns the commands of a difference. Its details say what to do before it is acknowledged."""
    return (
        f"temporal workflow metadata --workflow-id {item.workflow_id}",
        f"holdfast resolve {item.workflow_id} --outcome ACKNOWLEDGED {_NOTE}",
    )


async def _late_fields(session: Session, item: ReviewItem) -> dict[str, object]:
    """Returns the payment of a late notification, and what compares it with the gateway's record."""
    notice = session.temporal.get_workflow_handle(item.workflow_id, result_type=_LateNotice)
    try:
        async with answered(session.temporal, f"workflow {item.workflow_id}", ANSWER_WITHIN):
            reference = (await notice.result()).paymentReference
    except (CodecKeyError, WorkflowFailureError):
        return {}
    if reference is None or not names.is_payment_reference(reference):
        return {}
    commands = (f"holdfast show {reference}", f"holdfast reconcile --reference {reference}")
    return {"paymentReference": reference, "commands": commands}


async def _summary(session: Session, item: ReviewItem) -> str:
    """Returns the line with which a late notification or a difference was stored."""
    handle = session.temporal.get_workflow_handle(item.workflow_id)
    try:
        async with answered(session.temporal, f"workflow {item.workflow_id}", ANSWER_WITHIN):
            return await (await handle.describe()).static_summary() or "see its details in the Temporal UI"
    except CodecKeyError as error:
        return f"its summary cannot be read: {error}"
