"""CAPTURING: the capture call is on its way, and its outcome may be unknown."""

from temporalio import workflow

from activities.calls import CaptureCall, CaptureFinding, WatchFor
from payments.evidence import Verdict
from payments.graph import Event
from payments.payment import Capture
from workflows import gateway
from workflows.case import Case
from workflows.inquirer import Inquirer, knows_capture
from workflows.pace import CAPTURE_RESULT
from workflows.timing import ABSENT_PAUSE, ABSENT_TIMES, CAPTURE_EVIDENCE
from workflows.watching import watch

_ROUNDS = 3


async def capturing(case: Case, inquirer: Inquirer) -> None:
    """Capture under one request id; it is repeated while the gateway knows nothing of it, then watched."""
    capture = case.payment.open_capture
    if capture is None:
        case.move(Event.TRUTH_UNKNOWN, detail="capturing without an open capture")
        return
    here = case.here()
    case.waits("the gateway's answer to the capture")
    for _ in range(_ROUNDS):
        finding = await case.while_here(gateway.capture(_call(case, capture)))
        if finding is not None:
            await _hear(case, inquirer, finding)
        if not here():
            return
        case.capture_is_slow = True
        if finding is not None or not await _never_arrived(case, inquirer, capture):
            break
    if here():
        await _await_result(case, capture)


def _call(case: Case, capture: Capture) -> CaptureCall:
    """A capture of everything needs no `isLastCapture`, which plain cards do not document."""
    takes_all = capture.captureAmount == case.payment.paymentAmount
    return CaptureCall(
        merchantAccount=case.order.merchantAccount,
        captureRequestId=capture.captureRequestId,
        paymentId=case.payment.attempt.paymentId or "",
        captureAmount=capture.captureAmount,
        isLastCapture=None if takes_all else capture.isLastCapture,
    )


async def _hear(case: Case, inquirer: Inquirer, finding: CaptureFinding) -> None:
    """A failure of a repeat is believed only when the gateway has no entry of an earlier send."""
    if finding.repeated and finding.evidence.verdict is Verdict.FAILED:
        findings = await inquirer.ask()
        if findings is None or knows_capture(findings, finding.evidence.captureRequestId or ""):
            return
    case.learn(finding.evidence)


async def _never_arrived(case: Case, inquirer: Inquirer, capture: Capture) -> bool:
    here = case.here()
    case.waits("the gateway's word on what became of the capture")
    for number in range(ABSENT_TIMES):
        if number:
            await case.pause(ABSENT_PAUSE, "until the gateway is asked again")
        findings = await inquirer.ask() if here() else None
        if findings is None or knows_capture(findings, capture.captureRequestId) or not here():
            return False
    return True


async def _await_result(case: Case, capture: Capture) -> None:
    here, review_at = case.here(), workflow.now() + CAPTURE_EVIDENCE
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
