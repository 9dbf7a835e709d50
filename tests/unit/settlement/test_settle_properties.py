"""Whatever happens to a payment, in whatever order: what must be true of it after each step."""

from datetime import timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from holdfast.payment import Payment
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
from holdfast.temporal.connection import data_converter
from settlement.audit_trail import apply_event
from settlement.external_capture import find_external_capture
from settlement.settle import settle
from settlement.transitions import target
from tests.support.settlement.evidence import LIMIT, NOW, OPENED, payment_at, settled
from tests.support.settlement.invariants import check_attempts, check_claim, check_money, check_trail
from tests.support.settlement.stories import (
    Claim,
    Story,
    capture_claims,
    payment_claims,
    stories,
    stories_and_claims,
)

MANY = settings(max_examples=300, deadline=None)


@MANY
@given(story=stories())
def test_after_each_step(story: Story) -> None:
    for step, before, after in zip(story.steps, story.payments, story.payments[1:], strict=False):
        check_trail(before, after)
        check_money(after)
        check_attempts(before, after)
        if step.claim is not None:
            check_claim(before, after, step.claim)


@MANY
@given(told=stories_and_claims())
def test_the_same_evidence_twice_is_once(told: tuple[Payment, Claim]) -> None:
    payment, claim = told
    at = OPENED + timedelta(hours=1)
    once = settle(payment, claim, at, attempt_limit=LIMIT, accepts_external=True).payment
    again = settle(once, claim, at + timedelta(minutes=1), attempt_limit=LIMIT, accepts_external=True).payment
    assert again == once


@MANY
@given(told=stories_and_claims(), value=st.sampled_from(["1", "29999", "3000000", ""]))
def test_another_amount_is_never_applied(told: tuple[Payment, Claim], value: str) -> None:
    payment, claim = told
    wrong = claim.model_copy(update={"value": value})
    # what somebody else has taken was never asked for, so no amount of it is a wrong one
    assume(find_external_capture(payment, wrong) is None)
    at = OPENED + timedelta(hours=1)
    after, ask = settle(payment, wrong, at, attempt_limit=LIMIT, accepts_external=True)
    assert (after.attempts, after.captures) == (payment.attempts, payment.captures)
    assert (after.authorizedAmount, after.capturedAmount) == (
        payment.authorizedAmount,
        payment.capturedAmount,
    )
    assert after.status in (payment.status, S.NEEDS_REVIEW)
    assert ask is False or claim.source is not Source.INQUIRY


@MANY
@given(story=stories())
def test_what_temporal_stores_comes_back_unchanged(story: Story) -> None:
    payment = story.end
    converter = data_converter().payload_converter
    [payload] = converter.to_payloads([payment])
    assert converter.from_payloads([payload], [Payment]) == [payment]
    assert b'"from":' in payload.data or not payment.events


@st.composite
def repeated_inquiries(draw: st.DrawFn) -> tuple[Payment, list[Claim]]:
    """A payment, and what the gateway's record says of it: the payment first, then each capture once."""
    payment = draw(stories()).end
    said: list[Claim] = [draw(payment_claims(payment))]
    captures = {c.captureRequestId: c for c in draw(st.lists(capture_claims(payment), max_size=3))}
    return payment, [c.model_copy(update={"source": Source.INQUIRY}) for c in (*said, *captures.values())]


@MANY
@given(told=repeated_inquiries())
def test_an_inquiry_that_is_repeated_for_ever_comes_to_rest(told: tuple[Payment, list[Claim]]) -> None:
    """The same answer again and again: after a few rounds nothing moves, and the history does not grow."""
    payment, answer = told
    rounds = [payment]
    for number in range(1, 7):
        at = OPENED + timedelta(hours=number)
        rounds.append(settled(rounds[-1], *answer, at=at).payment)
    assert rounds[-1] == rounds[-2]


@given(status=st.sampled_from(S), event=st.sampled_from(Event), source=st.sampled_from(Source))
def test_status_changes_along_an_edge_only(status: S, event: Event, source: Source) -> None:
    before = payment_at(status)
    after = apply_event(before, event, NOW, source, code="CODE", detail="why")
    to = target(status, event)
    line = after.events[-1]
    assert (line.at, line.source, line.code, line.from_) == (NOW, source, "CODE", status)
    assert (line.event, line.to, after.status) == ((event, to, to) if to else (None, status, status))
    assert after.progress.revision == before.progress.revision + (to is not None)
