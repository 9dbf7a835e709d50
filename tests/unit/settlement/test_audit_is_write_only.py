"""The audit trail is written for people: what it says changes no decision."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import holdfast
import workflows
from holdfast.evidence import Source, Verdict
from holdfast.observation import ObservationKind
from holdfast.payment import Payment
from holdfast.progress import CancellationCause
from holdfast.status import PaymentStatus as S
from holdfast.transitions import Event
from settlement import audit_text
from settlement import audit_trail as audit
from settlement.commands import cancel_requested
from settlement.settle import settle
from tests.support.settlement.evidence import LIMIT, NOW, OPENED, payment_at, says, settled
from tests.support.settlement.stories import CAPTURE_CODES, PAYMENT_CODES, Claim, Story, stories
from workflows.card_payment import operator_view

MANY = settings(max_examples=300, deadline=None)
TEXTS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.sampled_from([*CAPTURE_CODES, *PAYMENT_CODES, audit_text.BUYER_HAS_FINISHED]),
    st.sampled_from([says(Verdict.SUCCEEDED, value="1"), says(Verdict.FAILED)]).map(
        lambda claim: settled(payment_at(S.AUTHORIZED), claim).payment.events[-1].detail
    ),
)
"""Noise, and what the trail itself says elsewhere."""


def with_noise(payment: Payment, noise: Iterator[str | None]) -> Payment:
    """The payment with every text of its audit trail and its review replaced."""
    events = tuple(
        line.model_copy(update={"code": next(noise), "detail": next(noise)}) for line in payment.events
    )
    review = payment.review and payment.review.model_copy(update={"reason": next(noise) or ""})
    return payment.model_copy(update={"events": events, "review": review})


def without_texts(payment: Payment) -> dict[str, Any]:
    """Everything that is no text: what was decided, and that it was written down."""
    texts: Any = {"events": {"__all__": {"code", "detail"}}, "review": {"reason"}}
    return payment.model_dump(exclude=texts)


def without_trail(payment: Payment) -> dict[str, Any]:
    """Everything that was decided."""
    return payment.model_dump(exclude={"events": True, "review": {"reason"}})


def asks(payment: Payment, claim: Claim, minute: int) -> bool:
    at = OPENED + timedelta(minutes=minute)
    return settle(payment, claim, at, attempt_limit=LIMIT, adopts=True).ask


@MANY
@given(story=stories(), texts=st.lists(TEXTS, min_size=1, max_size=7))
def test_noise_in_every_text_before_each_step_changes_no_decision(
    story: Story, texts: list[str | None]
) -> None:
    noise, noisy = cycle(texts), story.payments[0]
    for minute, (step, before, after) in enumerate(
        zip(story.steps, story.payments, story.payments[1:], strict=False), 1
    ):
        noisy = with_noise(noisy, noise)
        if step.claim is not None:
            assert asks(noisy, step.claim, minute) is asks(before, step.claim, minute)
        noisy = step.does(noisy, OPENED + timedelta(minutes=minute))
        assert without_texts(noisy) == without_texts(after)


@MANY
@given(story=stories())
def test_a_trail_that_is_removed_before_each_step_changes_no_decision(story: Story) -> None:
    bare = story.payments[0]
    for minute, (step, before, after) in enumerate(
        zip(story.steps, story.payments, story.payments[1:], strict=False), 1
    ):
        bare = bare.model_copy(update={"events": ()})
        if step.claim is not None:
            assert asks(bare, step.claim, minute) is asks(before, step.claim, minute)
        bare = step.does(bare, OPENED + timedelta(minutes=minute))
        assert without_trail(bare) == without_trail(after)


@MANY
@given(story=stories())
def test_the_typed_facts_agree_with_the_trail(story: Story) -> None:
    """People read the same as decisions do: each move, each review, each observation."""
    first, last = story.payments[0], story.end
    new = last.events[len(first.events) :]
    moves = [line for line in new if line.event is not None]
    reviews = [line for line in moves if line.to is S.NEEDS_REVIEW]
    assert last.progress.revision - first.progress.revision == len(moves)
    assert last.progress.reviewCount - first.progress.reviewCount == len(reviews)
    if reviews:
        assert last.progress.reviewEnteredFrom is reviews[-1].from_
    said = {audit_text.of_observation(each) for each in last.progress.observations}
    assert said <= {line.detail for line in new if line.event is None}


def test_each_way_into_a_cancellation_has_its_cause() -> None:
    requested = cancel_requested(payment_at(S.AUTHORIZED), "out of stock", NOW, Source.OPERATOR)
    assert requested.progress.cancellationCause is CancellationCause.REQUESTED
    late = audit.apply_event(payment_at(S.ACTION_REQUIRED), Event.DEADLINE_PASSED, NOW, Source.CLOCK)
    assert late is not None
    assert late.progress.cancellationCause is CancellationCause.DEADLINE_PASSED
    expiring = audit.apply_event(payment_at(S.AUTHORIZED), Event.AUTHORIZATION_EXPIRING, NOW, Source.CLOCK)
    assert expiring is not None
    assert expiring.progress.cancellationCause is CancellationCause.AUTHORIZATION_EXPIRING
    assert (expiring.progress.expiryActionAt, requested.progress.expiryActionAt) == (NOW, None)


def test_a_cancellation_that_is_resumed_keeps_its_cause() -> None:
    requested = cancel_requested(payment_at(S.AUTHORIZED), "out of stock", NOW, Source.MERCHANT)
    lost = audit.apply_event(requested, Event.TRUTH_UNKNOWN, NOW, Source.CLOCK)
    assert lost is not None
    resumed = settled(lost, says(Verdict.SUCCEEDED, Source.INQUIRY)).payment
    assert resumed.status is S.CANCELLING
    assert resumed.progress.cancellationCause is CancellationCause.REQUESTED


def test_every_kind_of_observation_has_a_sentence() -> None:
    observation = settled(payment_at(S.PENDING), says(Verdict.SUCCEEDED, value="1")).payment.progress
    [known] = observation.observations
    sentences = {
        audit_text.of_observation(known.model_copy(update={"kind": kind})) for kind in ObservationKind
    }
    assert len(sentences) == len(ObservationKind)


def _reads_of_the_trail(file: Path) -> list[str]:
    """Where a module reads the events, their details, or the reason of a review."""
    nodes = [n for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.Attribute)]
    reasons = [n for n in nodes if n.attr == "reason" and ast.unparse(n.value).endswith("review")]
    return [ast.unparse(n) for n in (*(n for n in nodes if n.attr in {"events", "detail"}), *reasons)]


def test_no_module_reads_the_trail_but_the_one_that_writes_it_and_the_one_that_shows_it() -> None:
    rooms = [Path(room.__file__ or "").parent for room in (payments, workflows)]
    allowed = {Path(audit.__file__), Path(operator_view.__file__)}
    files = {file for room in rooms for file in room.rglob("*.py")} - allowed
    assert len(files) > 50
    assert {file.name: reads for file in files if (reads := _reads_of_the_trail(file))} == {}
