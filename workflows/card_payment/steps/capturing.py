"""CAPTURING: the capture call is on its way, and its outcome may be unknown."""

from datetime import datetime

from temporalio import workflow

from activities.calls import CaptureCall, CaptureResult, WatchFor
from holdfast.antom.endpoints import Operation
from holdfast.payment import Capture
from holdfast.transitions import Event
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.answer_trust import is_untrusted, may_be_taken_by_others
from workflows.card_payment.inquirer import Inquirer, knows_capture, misses_capture
from workflows.card_payment.pace import CAPTURE_RESULT
from workflows.card_payment.payment_state import Case
from workflows.card_payment.watching import watch
from workflows.timing import ABSENT_PAUSE, ABSENT_TIMES, CAPTURE_EVIDENCE, QUESTION_LONGEST


async def capturing(case: Case, inquirer: Inquirer) -> None:
    """Capture under one request id; sent again while the gateway knows nothing of it, else watched."""
    here, capture = case.here(), case.payment.open_capture
    if capture is None:
        case.move(Event.TRUTH_UNKNOWN, detail="capturing without an open capture")
        return
    review_at, pause = workflow.now() + CAPTURE_EVIDENCE, ABSENT_PAUSE
    finding = await _send(case, inquirer, capture)
    case.capture_is_slow = here()
    while here() and not await _is_known(case, inquirer, capture, finding, review_at):
        if finding is not None:
            case.learn(finding.evidence)
        if here():
            await case.pause(pause, "until the capture is sent again")
            pause = min(pause * 2, QUESTION_LONGEST)
        if here():
            finding = await _send(case, inquirer, capture)
    if here():
        await _await_result(case, capture, review_at)


async def _send(case: Case, inquirer: Inquirer, capture: Capture) -> CaptureResult | None:
    """The gateway's answer, settled where it can be believed; None without one.

    A failure that may hide a success is believed only when the gateway has no entry of an earlier send. A
    call that was called off may have arrived all the same: what follows it is a repeat.
    """
    case.waits("the gateway's answer to the capture")
    is_repeat = capture.captureRequestId in case.sent_captures
    case.sent_captures.add(capture.captureRequestId)
    finding = await case.while_here(gateway.capture(_call(case, capture, is_repeat=is_repeat)))
    if finding is not None and not is_untrusted(Operation.CAPTURE, finding):
        if may_be_taken_by_others(finding):
            await inquirer.look_for_captures()
        case.learn(finding.evidence)
    return finding


async def _is_known(
    case: Case,
    inquirer: Inquirer,
    capture: Capture,
    finding: CaptureResult | None,
    review_at: datetime,
) -> bool:
    if finding is not None and not is_untrusted(Operation.CAPTURE, finding):
        return True
    return await _arrived(case, inquirer, capture, review_at)


def _call(case: Case, capture: Capture, *, is_repeat: bool) -> CaptureCall:
    """A capture of everything needs no `isLastCapture`, which plain cards do not document."""
    takes_all = capture.captureAmount == case.payment.paymentAmount
    return CaptureCall(
        merchantAccount=case.order.merchantAccount,
        captureRequestId=capture.captureRequestId,
        paymentId=case.payment.attempt.paymentId or "",
        captureAmount=capture.captureAmount,
        isLastCapture=None if takes_all else capture.isLastCapture,
        isRepeat=is_repeat,
    )


async def _arrived(case: Case, inquirer: Inquirer, capture: Capture, review_at: datetime) -> bool:
    """Whether the gateway knows the capture: absent is what it does not know three times in a row.

    A gateway that does not answer, or only that the inquiry failed, is asked until `review_at`; then the
    question is handed on, as if it did.
    """
    here, absent, pause = case.here(), 0, ABSENT_PAUSE
    case.waits("the gateway's word on what became of the capture", review_at)
    while here() and workflow.now() < review_at:
        findings = await inquirer.ask()
        if findings is not None and knows_capture(findings, capture.captureRequestId):
            return True
        is_missed = findings is not None and misses_capture(findings, capture.captureRequestId)
        absent, pause = (absent + 1, ABSENT_PAUSE) if is_missed else (0, min(pause * 2, QUESTION_LONGEST))
        if absent == ABSENT_TIMES:
            return False
        if here():
            await case.pause_until(min(workflow.now() + pause, review_at), "until the gateway is asked again")
    return True


async def _await_result(case: Case, capture: Capture, review_at: datetime) -> None:
    here = case.here()
    case.waits("the capture's result", review_at)
    await watch(
        case,
        WatchFor.CAPTURE_DECIDED,
        CAPTURE_RESULT,
        summary="the capture's result",
        deadline=review_at,
        capture_request_id=capture.captureRequestId,
    )
    if here():
        case.move(Event.TRUTH_UNKNOWN, detail="the capture has no known outcome")
        case.flag(f"capture {capture.captureRequestId} has no known outcome after 24 hours")
