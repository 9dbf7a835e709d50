"""The commands that an operator can copy from the details of a workflow into a shell.

Only commands that the payment accepts now are shown. Ids and texts are quoted, because the gateway chooses
some of them. The shell replaces `$USER`, so that a resolution names who has made it. The texts of a
resolution are empty, and an empty text is refused: a resolution that is only copied decides nothing.
"""

import json
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping

from holdfast.errors import HoldfastError
from holdfast.order import CaptureRequest
from holdfast.payment import Payment
from holdfast.resolution import Outcome
from holdfast.statuses.payment_status import PaymentStatus as S
from holdfast.temporal.names import CANCEL, CAPTURE, REFRESH, RESOLVE, workflow_id
from settlement.commands import refuse_cancel, refuse_capture

LONGEST = 300
"""The length of a line that the details show in full. A command with a longer one is left out."""
_LOGIN = "@LOGIN@"
_FINDING: Mapping[str, object] = {
    "resolvedBy": _LOGIN,
    "reason": "",
    "evidence": "",
}
_DECIDED: Mapping[Outcome, str] = {
    Outcome.SUCCEEDED: "has succeeded",
    Outcome.FAILED: "has failed",
    Outcome.CANCELLED: "is cancelled",
}


def payment_commands(payment: Payment) -> list[str]:
    """Returns the lines of a block for each command of a payment; none for one that has ended."""
    if payment.status.is_final:
        return []
    target = workflow_id(payment.paymentReference)
    return _blocks(_of_payment(payment, target))


def acknowledgement(target: str) -> list[str]:
    """Returns the lines of a block with the command that acknowledges a difference."""
    return _blocks([("acknowledge it", _resolve(target, Outcome.ACKNOWLEDGED))])


def _of_payment(payment: Payment, target: str) -> Iterator[tuple[str, str]]:
    yield "ask the gateway now", _update(target, REFRESH)
    if payment.status is S.NEEDS_REVIEW:
        yield from _decisions(payment, target)
    if payment.review is not None:
        yield "acknowledge the review, which decides nothing", _resolve(target, Outcome.ACKNOWLEDGED)
    if payment.open_capture is None and _is_possible(lambda: refuse_capture(payment, CaptureRequest())):
        yield "capture what is authorized", _update(target, CAPTURE, {})
    if payment.status is not S.CANCELLING and _is_possible(lambda: refuse_cancel(payment)):
        yield (
            "cancel, and release what is held",
            _update(target, CANCEL, {"reason": "cancelled by an operator"}),
        )


def _decisions(payment: Payment, target: str) -> Iterator[tuple[str, str]]:
    """Yields the resolutions of what has no known outcome: the open capture, or else the current attempt.

    A cancellation without a confirmation has been carried out, or the payment is authorized as before.
    """
    subject: dict[str, str] = {}
    what, other = "the payment", Outcome.FAILED
    if payment.open_capture is not None:
        what, subject = "the capture", {"captureRequestId": payment.open_capture.captureRequestId}
    elif payment.progress.reviewEnteredFrom is S.CANCELLING:
        other = Outcome.CANCELLED
    needs_id = payment.attempt.paymentId is None
    for outcome in (Outcome.SUCCEEDED, other):
        named = {"paymentId": ""} if needs_id and outcome is Outcome.SUCCEEDED else {}
        yield f"{what} {_DECIDED[outcome]}", _resolve(target, outcome, {**subject, **named})


def _is_possible(refuse: Callable[[], None]) -> bool:
    try:
        refuse()
    except HoldfastError:
        return False
    return True


def _resolve(target: str, outcome: Outcome, subject: Mapping[str, object] | None = None) -> str:
    return _update(target, RESOLVE, {"outcome": outcome, **(subject or {}), **_FINDING})


def _update(target: str, name: str, argument: Mapping[str, object] | None = None) -> str:
    command = f"temporal workflow update execute --name {name} \\\n  --workflow-id {shlex.quote(target)}"
    if argument is None:
        return command
    return f"{command} \\\n  --input {_quoted(argument)}"


def _quoted(argument: Mapping[str, object]) -> str:
    """Returns the argument as JSON for a shell, with a line for each of several fields, and the user's login.

    A backtick would end the block of the details, which are Markdown.
    """
    text = json.dumps(argument, indent=4 if len(argument) > 1 else None).replace("`", "\\u0060")
    return shlex.quote(text).replace(_LOGIN, "'\"$USER\"'")


def _blocks(commands: Iterable[tuple[str, str]]) -> list[str]:
    """Returns a block for each command, so that copying one block does not copy another command."""
    lines = ["", "### Commands"]
    for title, command in commands:
        parts = command.split("\n")
        if all(len(part) <= LONGEST for part in parts):
            lines += ["```sh", f"# {title}", *parts, "```"]
    return lines
