"""The details of a payment show the commands that it accepts, as a shell has to read them."""

import json
import re
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.antom.models import CaptureMode
from holdfast.errors import InvalidRequest
from holdfast.payment import Capture, CaptureStatus, Payment, Review
from holdfast.progress import Progress
from holdfast.resolution import Resolution, parse_resolution
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.operator.commands import LONGEST, acknowledgement, payment_commands
from settlement.operator.resolution import refuse_resolution
from tests.support.settlement.evidence import OPENED, attempt, capture, payment_at

REVIEW = Review(reason="evidence carries another amount", since=OPENED)


def commands(payment: Payment) -> dict[str, list[str]]:
    """Returns the words of each command as a shell reads them, by its title. `$USER` is replaced."""
    lines = payment_commands(payment)
    return {title.removeprefix("# "): words for title, words in _commands("\n".join(lines))}


def _commands(block: str) -> list[tuple[str, list[str]]]:
    blocks = re.findall(r"^```sh\n(# [^\n]+)\n(.+?)\n```$", block, flags=re.MULTILINE | re.DOTALL)
    return [
        (title, shlex.split(command.replace("$USER", "ops-7").replace(" \\\n", " ")))
        for title, command in blocks
    ]


def argument(words: list[str]) -> dict[str, str]:
    found: dict[str, str] = json.loads(words[words.index("--input") + 1])
    return found


def resolution(words: list[str]) -> Resolution:
    """Returns the resolution with its texts filled in, as an operator does."""
    return parse_resolution(argument(words) | {"reason": "seen", "evidence": "dashboard, 14:02"})


def updates(payment: Payment) -> list[str]:
    return [words[words.index("--name") + 1] for words in commands(payment).values()]


@pytest.mark.parametrize(
    ("payment", "expected"),
    [
        (payment_at(S.AUTHORIZING), ["refresh", "cancel"]),
        (payment_at(S.ACTION_REQUIRED), ["refresh", "cancel"]),
        (payment_at(S.PENDING), ["refresh", "cancel"]),
        (payment_at(S.AUTHORIZED), ["refresh", "capture", "cancel"]),
        (payment_at(S.AUTHORIZED, CaptureMode.AUTOMATIC), ["refresh", "cancel"]),
        (payment_at(S.AUTHORIZED, authReviewStatus="PROCESSING"), ["refresh", "cancel"]),
        (payment_at(S.AUTHORIZED, review=REVIEW), ["refresh", "resolve", "capture", "cancel"]),
        (payment_at(S.CAPTURING), ["refresh"]),
        (payment_at(S.PARTIALLY_CAPTURED), ["refresh", "capture"]),
        (payment_at(S.DECLINED), ["refresh", "cancel"]),
        (payment_at(S.CANCELLING), ["refresh"]),
        (payment_at(S.NEEDS_REVIEW), ["refresh", "resolve", "resolve", "resolve", "cancel"]),
        (payment_at(S.CAPTURED, review=REVIEW), []),
        (payment_at(S.FAILED), []),
    ],
    ids=lambda value: value.status if isinstance(value, Payment) else "",
)
def test_only_commands_that_the_payment_accepts_are_shown(payment: Payment, expected: list[str]) -> None:
    assert updates(payment) == expected


@pytest.mark.parametrize("capture_status", [None, CaptureStatus.PROCESSING])
def test_every_resolution_that_is_shown_is_accepted(capture_status: CaptureStatus | None) -> None:
    captures = (capture(capture_status),) if capture_status else ()
    payment = payment_at(S.NEEDS_REVIEW, attempts=(attempt(A.AUTHORIZED),), captures=captures)
    found = [resolution(words) for words in commands(payment).values() if "resolve" in words]
    for each in found:
        refuse_resolution(payment, each)
    assert [each.outcome for each in found] == ["SUCCEEDED", "FAILED", "ACKNOWLEDGED"]
    assert {each.resolvedBy for each in found} == {"ops-7"}


@pytest.mark.parametrize("captures", [(), (capture(CaptureStatus.PROCESSING),)])
def test_resolution_that_is_only_copied_is_refused(captures: tuple[Capture, ...]) -> None:
    payment = payment_at(S.NEEDS_REVIEW, attempts=(attempt(A.AUTHORIZED),), captures=captures, review=REVIEW)
    for words in commands(payment).values():
        if "resolve" in words:
            with pytest.raises(
                InvalidRequest, match="reason: must not be empty; evidence: must not be empty"
            ):
                parse_resolution(argument(words))


def test_unconfirmed_cancellation_can_be_confirmed() -> None:
    progress = Progress(reviewEnteredFrom=S.CANCELLING)
    payment = payment_at(S.NEEDS_REVIEW, attempts=(attempt(A.AUTHORIZED),), progress=progress)
    shown = commands(payment)
    assert {"the payment has succeeded", "the payment is cancelled"} < shown.keys()
    assert "the payment has failed" not in shown
    confirmed = resolution(shown["the payment is cancelled"])
    refuse_resolution(payment, confirmed)
    assert confirmed.outcome == "CANCELLED"


def test_unknown_payment_id_has_to_be_filled_in() -> None:
    payment = payment_at(S.NEEDS_REVIEW, attempts=(attempt(A.PENDING, paymentId=None),))
    [words] = [words for title, words in commands(payment).items() if title == "the payment has succeeded"]
    assert json.loads(words[-1])["paymentId"] == ""


@given(request_id=st.text(min_size=1, max_size=64))
def test_a_shell_reads_an_id_of_the_gateway_as_one_text(request_id: str) -> None:
    named = capture(CaptureStatus.PROCESSING).model_copy(update={"captureRequestId": request_id})
    payment = payment_at(S.NEEDS_REVIEW, attempts=(attempt(A.AUTHORIZED),), captures=(named,))
    text = "\n".join(payment_commands(payment))
    assert text.isascii()
    assert text.count("`") == 6 * len(commands(payment))
    shown = [words for words in commands(payment).values() if "SUCCEEDED" in words[-1]]
    assert [json.loads(words[-1])["captureRequestId"] for words in shown] in ([request_id], [])


@pytest.mark.parametrize("text", ["'; rm -rf /; '", "$(id)", "`id`", "```", '"', "\\", "a\nb", "x" * 500])
def test_hostile_id_of_the_gateway_is_quoted_or_left_out(text: str) -> None:
    named = capture(CaptureStatus.PROCESSING).model_copy(update={"captureRequestId": text})
    payment = payment_at(S.NEEDS_REVIEW, attempts=(attempt(A.AUTHORIZED),), captures=(named,))
    lines = payment_commands(payment)
    assert all(len(line) <= LONGEST for line in lines)
    shown: list[dict[str, str]] = [
        json.loads(words[-1]) for words in commands(payment).values() if "FAILED" in words[-1]
    ]
    assert [each["captureRequestId"] for each in shown] == ([] if len(text) > 64 else [text])


def test_acknowledgement_of_a_difference_is_one_command() -> None:
    [(title, words)] = _commands("\n".join(acknowledgement("difference-ORDER_1-0123456789abcdef")))
    assert title == "# acknowledge it"
    assert words[:6] == ["temporal", "workflow", "update", "execute", "--name", "resolve"]
    assert words[6:8] == ["--workflow-id", "difference-ORDER_1-0123456789abcdef"]
    assert resolution(words).outcome == "ACKNOWLEDGED"
