"""CAPTURING: the capture call is in progress, and its outcome can be unknown."""

from datetime import datetime, timedelta

from temporalio import workflow

from activities.calls import CaptureCall, CaptureResult, WatchFor
from holdfast.antom.endpoints import Operation
from holdfast.payment import Capture
from holdfast.payment_event import Event
from settlement.authorization_expiry import action_time, expiry_of
from settlement.risk_review import withdrawn
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.answer_trust import may_be_captured_externally, needs_inquiry
from workflows.card_payment.continuation import CaptureProgress
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.pace import CAPTURE_RESULT
from workflows.card_payment.payment_state import PaymentState, earlier_sends
from workflows.card_payment.polling import ConsecutiveCount, Pauses, poll
from workflows.card_payment.steps import risk_review
from workflows.card_payment.steps.expiry import until_moment
from workflows.card_payment.watching import watch
from workflows.timing import (
    CAPTURE_EVIDENCE,
    CAPTURE_REPEAT_LONGEST,
    CAPTURE_REPEAT_PAUSE,
    MISSING_CAPTURE_ANSWERS,
    MISSING_CAPTURE_PAUSE,
    UNKNOWN_CAPTURE_LONGEST,
    UNKNOWN_CAPTURE_PAUSE,
)


async def capturing(state: PaymentState, inquirer: Inquirer) -> None:
    """Captures under one request id, which is sent again while the gateway does not know it.

    A capture that the gateway knew can be missing in its record after a cancellation at the gateway; the
    capture is then sent again too, so that the answer to it decides.
    """
    capture = state.payment.open_capture
    if capture is None:
        await _until_reportable(state)
        return
    progress = _progress(state, capture)
    if progress is None:
        await _begin(state, inquirer, capture)
    else:
        await _establish(state, inquirer, capture, None, progress)


def _progress(state: PaymentState, capture: Capture) -> CaptureProgress | None:
    """Returns how far this step has come in an earlier run of the workflow; None where it begins now."""
    progress, revision = state.capture_progress, state.payment.progress.revision
    if progress is None or progress.revision != revision:
        return None
    return progress if progress.captureRequestId == capture.captureRequestId else None


async def _begin(state: PaymentState, inquirer: Inquirer, capture: Capture) -> None:
    unchanged, review_at = state.same_revision(), workflow.now() + CAPTURE_EVIDENCE
    revision, may_send = state.payment.progress.revision, state.payment.has_passed_risk_review
    # a capture that waits for the risk review has no result soon
    state.capture_is_slow = state.capture_is_slow or not may_send
    result = await _send(state, inquirer, capture) if may_send else None
    if unchanged():
        state.capture_progress = CaptureProgress(
            captureRequestId=capture.captureRequestId, revision=revision, reviewAt=review_at
        )
        await _establish(state, inquirer, capture, result, state.capture_progress)


async def _establish(
    state: PaymentState,
    inquirer: Inquirer,
    capture: Capture,
    result: CaptureResult | None,
    progress: CaptureProgress,
) -> None:
    """Sends the capture again while the gateway does not know it, and waits for its result once it does."""
    unchanged, is_known = state.unchanged_since(), progress.isKnown
    pauses = Pauses(
        CAPTURE_REPEAT_PAUSE, growth=2, longest=CAPTURE_REPEAT_LONGEST, limit=lambda: _longest_pause(state)
    )
    while unchanged():
        if is_known or await _is_known(state, inquirer, capture, result, progress.reviewAt):
            result, is_known = None, False
            if unchanged():
                state.capture_progress = progress.model_copy(update={"isKnown": True})
                await _await_result(state, capture, progress.reviewAt)
            continue
        if result is not None:
            state.apply(result.evidence)
        if unchanged():
            await _pause_before_repeat(state, pauses.next())
            await _until_sendable(state, inquirer, capture)
        if unchanged():
            result = await _send(state, inquirer, capture)


async def _until_reportable(state: PaymentState) -> None:
    """Waits for the risk review of a payment whose money is captured. Its decision ends CAPTURING."""
    if not state.payment.is_under_risk_review:
        state.apply_event(Event.OUTCOME_UNKNOWN, detail="capturing without an open capture")
        return
    state.capture_is_slow = True
    await risk_review.until_decided(state)


async def _until_sendable(state: PaymentState, inquirer: Inquirer, capture: Capture) -> None:
    """Waits for the risk review. A capture that never arrived is withdrawn where it must not be sent again.

    That is so after a rejection, and where the action before the expiry is due while the review is not
    decided: without an open capture, the authorization can be released.
    """
    unchanged = state.unchanged_since()
    if state.payment.has_passed_risk_review:
        return
    await until_moment(
        state, action_time, risk_review.WAITING_FOR, goes_on=lambda: state.payment.is_under_risk_review
    )
    if unchanged() and state.payment.is_under_risk_review:
        await inquirer.inquire()
    if unchanged() and not state.payment.has_passed_risk_review:
        state.apply(withdrawn(capture.captureRequestId))


def _longest_pause(state: PaymentState) -> timedelta | None:
    """Returns half of what is left of the authorization; None after its end.

    The pauses grow during an outage. A capture that is possible again before the authorization expires has to
    be sent before that.
    """
    left = expiry_of(state.payment.attempt) - workflow.now()
    return max(left / 2, CAPTURE_REPEAT_PAUSE) if left > timedelta(0) else None


async def _pause_before_repeat(state: PaymentState, pause: timedelta) -> None:
    """Waits before the capture is sent again; less long where an expiry is learned meanwhile."""
    expires = expiry_of(state.payment.attempt)
    await state.pause(
        pause,
        "until the capture is sent again",
        goes_on=lambda: expiry_of(state.payment.attempt) == expires,
    )


async def _send(state: PaymentState, inquirer: Inquirer, capture: Capture) -> CaptureResult | None:
    """Sends the capture. Returns the gateway's answer, settled where it can be trusted; None without one.

    A failure that may follow a success of an earlier call is trusted only when the gateway has no entry of an
    earlier send. A call that was cancelled can have arrived, so the call that follows it is a repeat.
    """
    state.set_waiting_for("the gateway's answer to the capture")
    is_repeat = capture.captureRequestId in state.sent_captures
    state.sent_captures.add(capture.captureRequestId)
    result = await state.while_unchanged(gateway.capture(_call(state, capture, is_repeat=is_repeat)))
    state.capture_is_slow = True
    if result is not None and not needs_inquiry(Operation.CAPTURE, result):
        if may_be_captured_externally(result):
            await inquirer.accept_external_captures()
        state.apply(result.evidence)
    return result


async def _is_known(
    state: PaymentState,
    inquirer: Inquirer,
    capture: Capture,
    result: CaptureResult | None,
    review_at: datetime,
) -> bool:
    if result is not None and not needs_inquiry(Operation.CAPTURE, result):
        return True
    return await _arrived(state, inquirer, capture, review_at)


def _call(state: PaymentState, capture: Capture, *, is_repeat: bool) -> CaptureCall:
    """Returns the capture call.

    A full capture has no `isLastCapture`, which Antom does not document for cards.
    """
    takes_all = capture.captureAmount == state.payment.paymentAmount
    return CaptureCall(
        merchantAccount=state.order.merchantAccount,
        captureRequestId=capture.captureRequestId,
        paymentId=state.payment.attempt.paymentId or "",
        captureAmount=capture.captureAmount,
        isLastCapture=None if takes_all else capture.isLastCapture,
        earlierSends=earlier_sends(is_repeat=is_repeat),
    )


async def _arrived(state: PaymentState, inquirer: Inquirer, capture: Capture, review_at: datetime) -> bool:
    """Returns whether the gateway knows the capture; False once enough records in a row have no entry for it.

    Inquiries without an answer are repeated until `review_at`. From then on the capture counts as known, so
    that it is watched and reviewed instead of sent again.
    """
    unchanged, request_id = state.unchanged_since(), capture.captureRequestId
    expires = expiry_of(state.payment.attempt)
    missed = ConsecutiveCount(MISSING_CAPTURE_ANSWERS)
    pauses = Pauses(
        UNKNOWN_CAPTURE_PAUSE, growth=2, longest=UNKNOWN_CAPTURE_LONGEST, limit=lambda: _longest_pause(state)
    )
    state.set_waiting_for("the gateway's record of the capture", review_at)

    async def is_listed() -> bool | None:
        record = await inquirer.inquire()
        if record is not None and record.has_capture(request_id):
            return True
        is_missed = record is not None and record.lacks_capture(request_id)
        if is_missed:
            pauses.restart(MISSING_CAPTURE_PAUSE)
        return False if missed.observe(is_seen=is_missed) else None

    def goes_on() -> bool:
        return unchanged() and workflow.now() < review_at

    listed = await poll(
        is_listed,
        pauses,
        summary="until the next inquiry",
        until=review_at,
        goes_on=lambda: goes_on() and expiry_of(state.payment.attempt) == expires,
    )
    if listed is None and goes_on():
        # an expiry was learned: the pauses depend on it
        await state.pause(MISSING_CAPTURE_PAUSE, "until the next inquiry")
        return await _arrived(state, inquirer, capture, review_at)
    return listed is not False


async def _await_result(state: PaymentState, capture: Capture, review_at: datetime) -> None:
    """Waits for the result until `review_at`, or until a record of a cancellation lacks the capture."""
    unchanged = state.unchanged_since()
    state.set_waiting_for("the capture's result", review_at)
    await watch(
        state,
        WatchFor.CAPTURE_DECIDED,
        CAPTURE_RESULT,
        summary="the capture's result",
        deadline=review_at,
        capture_request_id=capture.captureRequestId,
    )
    if unchanged() and workflow.now() >= review_at:
        state.apply_event(Event.OUTCOME_UNKNOWN, detail="the capture has no known outcome")
        state.flag_for_review(f"capture {capture.captureRequestId} has no known outcome after 24 hours")
