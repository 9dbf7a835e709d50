"""The audit trail is written for people: what it says changes no decision."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle, product, repeat
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import holdfast
import settlement
import workflows
from holdfast.antom.models import CaptureMode
from holdfast.observation import ObservationKind
from holdfast.payment import Payment
from holdfast.payment_event import Event
from holdfast.progress import CancellationCause
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
from settlement import audit_text
from settlement import audit_trail as audit
from settlement.commands import request_cancel
from settlement.evidence import Verdict
from settlement.settle import settle
from tests.support.settlement.evidence import (
    LIMIT,
    NOW,
    OPENED,
    PAGE,
    payment_at,
    says,
    says_of_capture,
    settled,
)
from tests.support.settlement.stories import CAPTURE_CODES, PAYMENT_CODES, Claim, Story, stories
from tests.support.settlement.unread import with_noise, without_trail
from workflows.card_payment import operator_view

MANY = settings(max_examples=150, deadline=None)
TEXTS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.sampled_from([*CAPTURE_CODES, *PAYMENT_CODES, audit_text.BUYER_HAS_FINISHED]),
    st.sampled_from([says(Verdict.SUCCEEDED, value="1"), says(Verdict.FAILED)]).map(
        lambda claim: settled(payment_at(S.AUTHORIZED), claim).payment.events[-1].detail
    ),
)
"""Noise, and what the trail itself says elsewhere."""
SILENCE = repeat(None)
SOURCES = [Source.PAY_RESPONSE, Source.NOTIFICATION, Source.INQUIRY, Source.OPERATOR]

PAYMENT_FIELDS: list[dict[str, Any]] = [{}, {"value": "1"}, {"nextAction": PAGE}, {"buyerIsDone": True}]
CAPTURE_FIELDS: list[dict[str, Any]] = [{}, {"value": "1"}, {"captureRequestId": "by-hand"}]


def pasts() -> Iterator[Payment]:
    """Payments in every status, also after evidence that was not applied, and with a past that matters."""
    lost = audit.apply_event(payment_at(S.CANCELLING), Event.TRUTH_UNKNOWN, OPENED, Source.CLOCK)
    finished = says(Verdict.IN_PROCESS, Source.INQUIRY, buyerIsDone=True)
    usual = [payment_at(status, mode) for status, mode in product(S, CaptureMode)]
    for payment in [*usual, lost, settled(payment_at(S.AUTHORIZING), finished, at=OPENED).payment]:
        yield payment
        for source in (Source.NOTIFICATION, Source.INQUIRY):
            wrong: list[Claim] = [
                says(Verdict.SUCCEEDED, source, value="1"),
                says_of_capture(Verdict.SUCCEEDED, source),
            ]
            yield settled(payment.model_copy(update={"review": None}), *wrong, at=OPENED).payment


def anything_said() -> Iterator[Claim]:
    """Evidence of every verdict, by those who give it, matching and not."""
    for verdict, source in product(Verdict, SOURCES):
        for fields in PAYMENT_FIELDS:
            yield says(verdict, source, **fields)
        for fields in CAPTURE_FIELDS:
            yield says_of_capture(verdict, source, **fields)


def test_without_the_trail_every_claim_is_decided_as_with_it() -> None:
    claims = list(anything_said())
    for payment in pasts():
        bare = without_trail(payment)
        for claim in claims:
            after, ask = settled(payment, claim)
            decided = settled(bare, claim)
            assert (without_trail(decided.payment), decided.must_inquire) == (without_trail(after), ask)


@MANY
@given(story=stories(), texts=st.lists(TEXTS, min_size=1, max_size=7))
def test_noise_in_every_text_before_each_step_changes_no_decision(
    story: Story, texts: list[str | None]
) -> None:
    """Nor does a trail that is removed before each step."""
    noise, noisy, bare = cycle(texts), story.payments[0], story.payments[0]
    pairs = zip(story.payments, story.payments[1:], strict=False)
    for minute, (step, (before, after)) in enumerate(zip(story.steps, pairs, strict=True), 1):
        noisy, bare = with_noise(noisy, noise), without_trail(bare)
        if step.claim is not None:
            asked = asks(before, step.claim, minute)
            assert (asks(noisy, step.claim, minute), asks(bare, step.claim, minute)) == (asked, asked)
        at = OPENED + timedelta(minutes=minute)
        noisy, bare = step.does(noisy, at), step.does(bare, at)
        assert with_noise(noisy, SILENCE) == with_noise(after, SILENCE)
        assert without_trail(bare) == without_trail(after)


def asks(payment: Payment, claim: Claim, minute: int) -> bool:
    at = OPENED + timedelta(minutes=minute)
    return settle(payment, claim, at, attempt_limit=LIMIT, accepts_external=True).must_inquire


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
    requested = request_cancel(payment_at(S.AUTHORIZED), "out of stock", NOW, Source.OPERATOR)
    assert requested.progress.cancellationCause is CancellationCause.REQUESTED
    late = audit.apply_event(payment_at(S.ACTION_REQUIRED), Event.DEADLINE_PASSED, NOW, Source.CLOCK)
    assert late.progress.cancellationCause is CancellationCause.DEADLINE_PASSED
    expiring = audit.apply_event(payment_at(S.AUTHORIZED), Event.AUTHORIZATION_EXPIRING, NOW, Source.CLOCK)
    assert expiring.progress.cancellationCause is CancellationCause.AUTHORIZATION_EXPIRING
    assert (expiring.progress.expiryActionAt, requested.progress.expiryActionAt) == (NOW, None)


def test_a_cancellation_that_is_resumed_keeps_its_cause() -> None:
    requested = request_cancel(payment_at(S.AUTHORIZED), "out of stock", NOW, Source.MERCHANT)
    lost = audit.apply_event(requested, Event.TRUTH_UNKNOWN, NOW, Source.CLOCK)
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
    rooms = [Path(room.__file__ or "").parent for room in (holdfast, settlement, workflows)]
    allowed = {Path(audit.__file__), Path(operator_view.__file__)}
    files = {file for room in rooms for file in room.rglob("*.py")} - allowed
    assert len(files) > 50
    assert {file.name: reads for file in files if (reads := _reads_of_the_trail(file))} == {}
