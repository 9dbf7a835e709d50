"""Properties that hold after every step of a random sequence of evidence, commands and timers."""

from datetime import timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from holdfast.payment import Payment
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from holdfast.temporal.connection import data_converter
from settlement.apply_event import apply_event
from settlement.external_capture import find_external_capture
from settlement.settle import settle
from settlement.transitions import target
from tests.support.settlement.evidence import LIMIT, NOW, OPENED, payment_at, settled
from tests.support.settlement.invariants import (
    check_attempts,
    check_claim,
    check_money,
    check_risk_review,
    check_trail,
)
from tests.support.settlement.payment_sequences import (
    Claim,
    PaymentSequence,
    capture_claims,
    payment_claims,
    payment_sequences,
    payments_and_claims,
)

MANY = settings(max_examples=300)


@MANY
@given(sequence=payment_sequences())
def test_invariants_hold_after_each_step(sequence: PaymentSequence) -> None:
    for step, before, after in zip(sequence.steps, sequence.payments, sequence.payments[1:], strict=False):
        check_trail(before, after)
        check_money(after)
        check_attempts(before, after)
        if step.claim is not None:
            check_claim(before, after, step.claim)
            check_risk_review(before, after, step.claim.source)


@MANY
@given(case=payments_and_claims())
def test_repeated_evidence_changes_nothing(case: tuple[Payment, Claim]) -> None:
    payment, claim = case
    at = OPENED + timedelta(hours=1)
    once = settle(payment, claim, at, attempt_limit=LIMIT, accepts_external=True).payment
    again = settle(once, claim, at + timedelta(minutes=1), attempt_limit=LIMIT, accepts_external=True).payment
    assert again == once


@MANY
@given(case=payments_and_claims(), value=st.sampled_from(["1", "29999", "3000000", ""]))
def test_evidence_with_another_amount_is_not_applied(case: tuple[Payment, Claim], value: str) -> None:
    payment, claim = case
    wrong = claim.model_copy(update={"value": value})
    # an external capture was never requested, so none of its amounts is a mismatch
    assume(find_external_capture(payment, wrong) is None)
    after, ask = settle(
        payment, wrong, OPENED + timedelta(hours=1), attempt_limit=LIMIT, accepts_external=True
    )
    assert (after.attempts, after.captures) == (payment.attempts, payment.captures)
    assert (after.authorizedAmount, after.capturedAmount) == (
        payment.authorizedAmount,
        payment.capturedAmount,
    )
    assert after.status in (payment.status, S.NEEDS_REVIEW)
    assert ask is False or claim.source is not Source.INQUIRY


@MANY
@given(sequence=payment_sequences())
def test_payment_is_unchanged_after_serialization(sequence: PaymentSequence) -> None:
    payment = sequence.end
    converter = data_converter().payload_converter
    [payload] = converter.to_payloads([payment])
    assert converter.from_payloads([payload], [Payment]) == [payment]
    assert b'"from":' in payload.data or not payment.events


@st.composite
def repeated_inquiries(draw: st.DrawFn) -> tuple[Payment, list[Claim]]:
    """Generates a payment and the claims of an inquiry: about the payment first, then about each capture."""
    payment = draw(payment_sequences()).end
    claims: list[Claim] = [draw(payment_claims(payment))]
    captures = {c.captureRequestId: c for c in draw(st.lists(capture_claims(payment), max_size=3))}
    return payment, [c.model_copy(update={"source": Source.INQUIRY}) for c in (*claims, *captures.values())]


@MANY
@given(repeated=repeated_inquiries())
def test_repeated_inquiry_reaches_a_stable_state(repeated: tuple[Payment, list[Claim]]) -> None:
    """After a few repetitions of the same answer nothing changes, and the history does not grow."""
    payment, answer = repeated
    rounds = [payment]
    for number in range(1, 7):
        at = OPENED + timedelta(hours=number)
        rounds.append(settled(rounds[-1], *answer, at=at).payment)
    assert rounds[-1] == rounds[-2]


@given(status=st.sampled_from(S), event=st.sampled_from(Event), source=st.sampled_from(Source))
def test_status_changes_only_along_an_edge(status: S, event: Event, source: Source) -> None:
    before = payment_at(status)
    after = apply_event(before, event, NOW, source, code="CODE", detail="reason")
    to = target(status, event)
    line = after.events[-1]
    assert (line.at, line.source, line.code, line.from_) == (NOW, source, "CODE", status)
    assert (line.event, line.to, after.status) == ((event, to, to) if to else (None, status, status))
    assert after.progress.revision == before.progress.revision + (to is not None)
