"""The audit trail is for readers only: its content changes no decision."""

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
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.apply_event import apply_event
from settlement.audit import text as audit_text
from settlement.audit import trail as audit
from settlement.commands import request_cancel
from settlement.evidence import Verdict
from settlement.settle import settle
from tests.support.settlement.evidence import (
    LIMIT,
    NOW,
    OPENED,
    PAGE,
    capture_evidence,
    payment_at,
    payment_evidence,
    settled,
)
from tests.support.settlement.payment_sequences import (
    CAPTURE_CODES,
    PAYMENT_CODES,
    Claim,
    PaymentSequence,
    payment_sequences,
)
from tests.support.settlement.trail_variants import with_noise, without_trail
from workflows.card_payment import operator_view

MANY = settings(max_examples=150)
TEXTS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.sampled_from([*CAPTURE_CODES, *PAYMENT_CODES, audit_text.BUYER_HAS_FINISHED]),
    st.sampled_from([payment_evidence(Verdict.SUCCEEDED, value="1"), payment_evidence(Verdict.FAILED)]).map(
        lambda claim: settled(payment_at(S.AUTHORIZED), claim).payment.events[-1].detail
    ),
)
"""Random texts, and texts that occur in audit trails."""
NO_TEXT = repeat(None)
SOURCES = [Source.PAY_RESPONSE, Source.NOTIFICATION, Source.INQUIRY, Source.OPERATOR]

PAYMENT_FIELDS: list[dict[str, Any]] = [{}, {"value": "1"}, {"nextAction": PAGE}, {"buyerIsDone": True}]
CAPTURE_FIELDS: list[dict[str, Any]] = [{}, {"value": "1"}, {"captureRequestId": "by-hand"}]


def payments() -> Iterator[Payment]:
    """Generates payments in every status, also after rejected evidence and after earlier changes."""
    unconfirmed = apply_event(payment_at(S.CANCELLING), Event.OUTCOME_UNKNOWN, OPENED, Source.CLOCK)
    finished = payment_evidence(Verdict.IN_PROCESS, Source.INQUIRY, buyerIsDone=True)
    usual = [payment_at(status, mode) for status, mode in product(S, CaptureMode)]
    for payment in [*usual, unconfirmed, settled(payment_at(S.AUTHORIZING), finished, at=OPENED).payment]:
        yield payment
        for source in (Source.NOTIFICATION, Source.INQUIRY):
            wrong: list[Claim] = [
                payment_evidence(Verdict.SUCCEEDED, source, value="1"),
                capture_evidence(Verdict.SUCCEEDED, source),
            ]
            yield settled(payment.model_copy(update={"review": None}), *wrong, at=OPENED).payment


def all_evidence() -> Iterator[Claim]:
    """Generates evidence of every verdict and source, matching and not."""
    for verdict, source in product(Verdict, SOURCES):
        for fields in PAYMENT_FIELDS:
            yield payment_evidence(verdict, source, **fields)
        for fields in CAPTURE_FIELDS:
            yield capture_evidence(verdict, source, **fields)


def test_claim_without_the_trail_has_the_same_decision() -> None:
    claims = list(all_evidence())
    for payment in payments():
        bare = without_trail(payment)
        for claim in claims:
            after, ask = settled(payment, claim)
            decided = settled(bare, claim)
            assert (without_trail(decided.payment), decided.must_inquire) == (without_trail(after), ask)


@MANY
@given(sequence=payment_sequences(), texts=st.lists(TEXTS, min_size=1, max_size=7))
def test_noise_in_all_texts_changes_no_decision(sequence: PaymentSequence, texts: list[str | None]) -> None:
    """The removal of the trail before each step changes no decision either."""
    noise, noisy, bare = cycle(texts), sequence.payments[0], sequence.payments[0]
    pairs = zip(sequence.payments, sequence.payments[1:], strict=False)
    for minute, (step, (before, after)) in enumerate(zip(sequence.steps, pairs, strict=True), 1):
        noisy, bare = with_noise(noisy, noise), without_trail(bare)
        if step.claim is not None:
            expected = needs_inquiry(before, step.claim, minute)
            assert needs_inquiry(noisy, step.claim, minute) == expected
            assert needs_inquiry(bare, step.claim, minute) == expected
        at = OPENED + timedelta(minutes=minute)
        noisy, bare = step.apply(noisy, at), step.apply(bare, at)
        assert with_noise(noisy, NO_TEXT) == with_noise(after, NO_TEXT)
        assert without_trail(bare) == without_trail(after)


def needs_inquiry(payment: Payment, claim: Claim, minute: int) -> bool:
    at = OPENED + timedelta(minutes=minute)
    return settle(payment, claim, at, attempt_limit=LIMIT, accepts_external=True).must_inquire


@MANY
@given(sequence=payment_sequences())
def test_typed_facts_agree_with_the_trail(sequence: PaymentSequence) -> None:
    """Each change of status, each review and each observation is in both."""
    first, last = sequence.payments[0], sequence.end
    new = last.events[len(first.events) :]
    changes = [line for line in new if line.event is not None]
    reviews = [line for line in changes if line.to is S.NEEDS_REVIEW]
    assert last.progress.revision - first.progress.revision == len(changes)
    assert last.progress.reviewCount - first.progress.reviewCount == len(reviews)
    if reviews:
        assert last.progress.reviewEnteredFrom is reviews[-1].from_
    texts = {audit_text.of_observation(each) for each in last.progress.observations}
    assert texts <= {line.detail for line in new if line.event is None}


def test_cancellation_records_its_cause() -> None:
    requested = request_cancel(payment_at(S.AUTHORIZED), "out of stock", NOW, Source.OPERATOR)
    assert requested.progress.cancellationCause is CancellationCause.REQUESTED
    late = apply_event(payment_at(S.ACTION_REQUIRED), Event.DEADLINE_PASSED, NOW, Source.CLOCK)
    assert late.progress.cancellationCause is CancellationCause.DEADLINE_PASSED
    expiring = apply_event(payment_at(S.AUTHORIZED), Event.AUTHORIZATION_EXPIRING, NOW, Source.CLOCK)
    assert expiring.progress.cancellationCause is CancellationCause.AUTHORIZATION_EXPIRING
    assert (expiring.progress.expiryActionAt, requested.progress.expiryActionAt) == (NOW, None)


def test_resumed_cancellation_keeps_its_cause() -> None:
    requested = request_cancel(payment_at(S.AUTHORIZED), "out of stock", NOW, Source.MERCHANT)
    unconfirmed = apply_event(requested, Event.OUTCOME_UNKNOWN, NOW, Source.CLOCK)
    resumed = settled(unconfirmed, payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY)).payment
    assert resumed.status is S.CANCELLING
    assert resumed.progress.cancellationCause is CancellationCause.REQUESTED


def test_every_observation_kind_has_its_own_sentence() -> None:
    observation = settled(
        payment_at(S.PENDING), payment_evidence(Verdict.SUCCEEDED, value="1")
    ).payment.progress
    [known] = observation.observations
    sentences = {
        audit_text.of_observation(known.model_copy(update={"kind": kind})) for kind in ObservationKind
    }
    assert len(sentences) == len(ObservationKind)


def _reads_of_the_trail(file: Path) -> list[str]:
    """Returns the expressions by which a module reads events, their details, or the reason of a review."""
    nodes = [n for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.Attribute)]
    reasons = [n for n in nodes if n.attr == "reason" and ast.unparse(n.value).endswith("review")]
    return [ast.unparse(n) for n in (*(n for n in nodes if n.attr in {"events", "detail"}), *reasons)]


def test_trail_is_read_only_by_its_writer_and_the_operator_view() -> None:
    packages = [Path(package.__file__ or "").parent for package in (holdfast, settlement, workflows)]
    # the command line shows the trail to people
    shown = set((Path(holdfast.__file__ or "").parent / "cli").rglob("*.py"))
    allowed = {Path(audit.__file__), Path(operator_view.__file__), *shown}
    files = {file for package in packages for file in package.rglob("*.py")} - allowed
    assert len(files) > 50
    assert {file.name: reads for file in files if (reads := _reads_of_the_trail(file))} == {}
