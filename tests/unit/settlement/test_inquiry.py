"""The order in which the claims of one inquiry are settled, and which external captures count."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.antom.amounts import Amount
from holdfast.payment import CaptureStatus, Payment
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import CaptureEvidence, Verdict
from settlement.gateway_record import GatewayRecord
from settlement.inquiry import accept_external_captures, settle_inquiry
from settlement.settle import settle
from tests.support.settlement.evidence import (
    LIMIT,
    NOW,
    PART,
    WHOLE,
    capture_evidence,
    capture_id,
    payment_at,
    payment_evidence,
)

EXTERNAL = "by-hand"


def external(verdict: Verdict = Verdict.SUCCEEDED, amount: Amount = WHOLE) -> CaptureEvidence:
    return capture_evidence(verdict, Source.INQUIRY, amount, captureRequestId=EXTERNAL)


def record(verdict: Verdict, *captures: CaptureEvidence, **fields: object) -> GatewayRecord:
    return GatewayRecord(payment=payment_evidence(verdict, Source.INQUIRY, **fields), captures=captures)


def after(payment: Payment, found: GatewayRecord) -> Payment:
    return settle_inquiry(payment, found, NOW, attempt_limit=LIMIT)


def test_external_capture_counts_after_authorization_in_same_record() -> None:
    found = after(payment_at(S.PENDING), record(Verdict.SUCCEEDED, external()))
    assert (found.status, found.capturedAmount) == (S.CAPTURED, WHOLE)


def test_external_capture_of_a_part_is_settled_before_the_cancellation_of_the_rest() -> None:
    found = after(payment_at(S.AUTHORIZED), record(Verdict.CANCELLED, external(amount=PART)))
    assert (found.status, found.capturedAmount) == (S.PARTIALLY_CAPTURED, PART)
    assert [each.captureRequestId for each in found.captures] == [EXTERNAL]


def test_cancellation_without_a_capture_cancels() -> None:
    assert after(payment_at(S.AUTHORIZED), record(Verdict.CANCELLED)).status is S.CANCELLED


def test_own_capture_in_record_is_settled_by_its_own_id() -> None:
    found = after(payment_at(S.CAPTURING), record(Verdict.SUCCEEDED, own(Verdict.SUCCEEDED)))
    assert (found.status, [each.status for each in found.captures]) == (S.CAPTURED, [CaptureStatus.SUCCESS])


CANCELLED = record(Verdict.CANCELLED)
"""A record that does not list the capture yet, or no longer."""


def own(verdict: Verdict, source: Source = Source.INQUIRY) -> CaptureEvidence:
    return capture_evidence(verdict, source, WHOLE, captureRequestId=capture_id())


def reports_of_capture(verdict: Verdict) -> list[GatewayRecord | CaptureEvidence]:
    """Returns every report of a cancellation and of this result of the payment's own open capture."""
    notified, answered = own(verdict, Source.NOTIFICATION), own(verdict, Source.CAPTURE_RESPONSE)
    return [CANCELLED, record(Verdict.CANCELLED, own(verdict)), notified, answered]


@st.composite
def orders_of_arrival(draw: st.DrawFn, verdict: Verdict) -> list[GatewayRecord | CaptureEvidence]:
    """Generates reports in any order, with repetitions; one of them has the capture's result."""
    reports = reports_of_capture(verdict)
    some = draw(st.lists(st.sampled_from(reports), max_size=4))
    return draw(st.permutations([*some, CANCELLED, draw(st.sampled_from(reports[1:]))]))


def arrived(reports: list[GatewayRecord | CaptureEvidence]) -> Payment:
    """Returns the payment after all reports, with the inquiries that they make necessary."""
    payment = payment_at(S.CAPTURING)
    for report in reports:
        if isinstance(report, GatewayRecord):
            payment = after(payment, report)
            continue
        settlement = settle(payment, report, NOW, attempt_limit=LIMIT)
        payment = after(settlement.payment, CANCELLED) if settlement.must_inquire else settlement.payment
        assert not (payment.status in {S.CANCELLED, S.EXPIRED} and payment.capturedAmount)
    return payment


@given(reports=orders_of_arrival(Verdict.SUCCEEDED))
def test_capture_beside_a_cancellation_is_captured_in_every_order_of_arrival(
    reports: list[GatewayRecord | CaptureEvidence],
) -> None:
    payment = arrived(reports)
    assert (payment.status, payment.capturedAmount) == (S.CAPTURED, WHOLE)
    assert payment.review is not None, "the gateway contradicts itself"


@given(reports=orders_of_arrival(Verdict.FAILED))
def test_failed_capture_beside_a_cancellation_is_cancelled_in_every_order_of_arrival(
    reports: list[GatewayRecord | CaptureEvidence],
) -> None:
    payment = arrived(reports)
    assert (payment.status, payment.capturedAmount) == (S.CANCELLED, None)


def test_external_capture_of_a_record_with_another_amount_does_not_count() -> None:
    found = after(payment_at(S.AUTHORIZED), record(Verdict.SUCCEEDED, external(), value="29999"))
    assert (found.status, found.captures) == (S.NEEDS_REVIEW, ())


@pytest.mark.parametrize("verdict", [each for each in Verdict if each is not Verdict.SUCCEEDED])
def test_external_capture_without_success_does_not_count(verdict: Verdict) -> None:
    payment = payment_at(S.AUTHORIZED)
    assert accept_external_captures(payment, record(Verdict.SUCCEEDED, external(verdict)), NOW) is payment


def test_accepting_external_captures_applies_nothing_else_of_the_record() -> None:
    payment = payment_at(S.CAPTURING)
    assert accept_external_captures(payment, record(Verdict.CANCELLED, own(Verdict.FAILED)), NOW) is payment


@pytest.mark.parametrize("status", S)
def test_same_record_settled_twice_changes_nothing_more(status: S) -> None:
    found = record(Verdict.SUCCEEDED, external(amount=PART))
    once = after(payment_at(status), found)
    assert after(once, found) == once


@pytest.mark.parametrize(("status", "verdict"), list(product(S, Verdict)))
def test_claims_of_an_inquiry_leave_no_further_inquiry_to_make(status: S, verdict: Verdict) -> None:
    """`settle_inquiry` returns only the payment because of this."""
    for claim in record(verdict, external(), capture_evidence(verdict, Source.INQUIRY)).evidence:
        for changed in ({}, {"value": "1"}, {"paymentId": "of-another-payment"}):
            settlement = settle(
                payment_at(status), claim.model_copy(update=changed), NOW, attempt_limit=LIMIT
            )
            assert not settlement.must_inquire
