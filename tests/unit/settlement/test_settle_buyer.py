"""Evidence during the buyer's authentication: pages, pending responses, and their order of arrival."""

from itertools import permutations

import pytest

from holdfast.payment import Payment
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import PaymentEvidence, Verdict
from tests.support.settlement.evidence import (
    NOW,
    PAGE,
    attempt,
    payment_at,
    payment_evidence,
    request_id,
    settled,
)

RESPONSE = payment_evidence(Verdict.IN_PROCESS, Source.PAY_RESPONSE, nextAction=PAGE)
RESPONSE_WITHOUT_PAGE = payment_evidence(Verdict.IN_PROCESS, Source.PAY_RESPONSE)
BUYER_FINISHED = payment_evidence(Verdict.IN_PROCESS, Source.NOTIFICATION)
SUCCESS = payment_evidence(Verdict.SUCCEEDED, Source.NOTIFICATION)
FAILURE = payment_evidence(Verdict.FAILED, Source.NOTIFICATION)
BUYER_FINISHED_BY_INQUIRY = payment_evidence(
    Verdict.IN_PROCESS, Source.INQUIRY, buyerIsDone=True, nextAction=PAGE
)
IN_PROCESS = payment_evidence(Verdict.IN_PROCESS, Source.INQUIRY)
IN_PROCESS_WITH_PAGE = payment_evidence(Verdict.IN_PROCESS, Source.INQUIRY, nextAction=PAGE)


def settled_from_the_start(*claims: PaymentEvidence) -> Payment:
    return settled(payment_at(S.AUTHORIZING), *claims).payment


@pytest.mark.parametrize("status", [S.AUTHORIZING, S.PENDING, S.NEEDS_REVIEW])
@pytest.mark.parametrize("source", [source for source in Source if source is not Source.NOTIFICATION])
def test_page_sends_the_buyer(status: S, source: Source) -> None:
    after = settled(payment_at(status), payment_evidence(Verdict.IN_PROCESS, source, nextAction=PAGE)).payment
    assert (after.status, after.nextAction) == (S.ACTION_REQUIRED, PAGE)
    assert after.attempt.status is A.ACTION_REQUIRED


@pytest.mark.parametrize(
    "status", [s for s in S if s not in {S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING, S.NEEDS_REVIEW}]
)
def test_page_for_decided_payment_changes_nothing(status: S) -> None:
    before = payment_at(status)
    assert settled(before, IN_PROCESS_WITH_PAGE).payment == before


def test_page_for_decided_attempt_under_review_changes_nothing() -> None:
    before = payment_at(S.NEEDS_REVIEW, attempts=(attempt(A.AUTHORIZED),))
    assert settled(before, IN_PROCESS_WITH_PAGE).payment == before


@pytest.mark.parametrize("claims", list(permutations([RESPONSE, SUCCESS])))
def test_success_before_or_after_pay_response_authorizes(claims: tuple[PaymentEvidence, ...]) -> None:
    after = settled_from_the_start(*claims)
    assert (after.status, after.nextAction, after.review) == (S.AUTHORIZED, None, None)


@pytest.mark.parametrize("claims", list(permutations([RESPONSE, FAILURE])))
def test_failure_before_or_after_pay_response_declines(claims: tuple[PaymentEvidence, ...]) -> None:
    after = settled_from_the_start(*claims)
    assert (after.status, after.nextAction, after.review) == (S.DECLINED, None, None)


@pytest.mark.parametrize("answer", [RESPONSE, RESPONSE_WITHOUT_PAGE])
@pytest.mark.parametrize("last", [IN_PROCESS, IN_PROCESS_WITH_PAGE])
@pytest.mark.parametrize("done", [BUYER_FINISHED, BUYER_FINISHED_BY_INQUIRY])
def test_finished_buyer_is_not_sent_again_by_pay_response_in_any_order(
    answer: PaymentEvidence, last: PaymentEvidence, done: PaymentEvidence
) -> None:
    """In both orders the buyer is not sent to the page again, and the payment has the time of completion."""
    for claims in permutations([answer, done]):
        after = settled_from_the_start(*claims)
        assert (after.status, after.nextAction) == (S.PENDING, None)
        assert after.attempt.buyerCompletedAt == NOW
        assert settled(after, last).payment == after


def test_all_orders_of_evidence_have_the_same_result() -> None:
    results = {
        (after.status, after.nextAction, after.authorizedAmount, after.attempt.status)
        for claims in permutations([RESPONSE, BUYER_FINISHED, IN_PROCESS, SUCCESS])
        for after in [settled_from_the_start(*claims)]
    }
    assert len(results) == 1
    assert results.pop()[0] is S.AUTHORIZED


@pytest.mark.parametrize("claim", [RESPONSE_WITHOUT_PAGE, IN_PROCESS])
def test_response_in_process_does_not_mark_buyer_as_finished(claim: PaymentEvidence) -> None:
    pending = settled_from_the_start(claim)
    assert pending.status is S.PENDING
    assert pending.attempt.buyerCompletedAt is None
    assert settled(pending, IN_PROCESS_WITH_PAGE).payment.status is S.ACTION_REQUIRED


def test_mismatched_pending_notification_does_not_mark_buyer_as_finished() -> None:
    pending = settled_from_the_start(RESPONSE_WITHOUT_PAGE)
    after = settled(pending, payment_evidence(Verdict.IN_PROCESS, value="1")).payment
    assert after.attempt.buyerCompletedAt is None


def test_finished_buyer_of_first_attempt_is_sent_by_second_attempt() -> None:
    first = settled_from_the_start(BUYER_FINISHED, FAILURE)
    again = attempt(A.AUTHORIZING, 2, startedAt=NOW.replace(hour=23))
    second = first.model_copy(update={"attempts": (*first.attempts, again), "status": S.AUTHORIZING})
    answer = RESPONSE.model_copy(update={"paymentRequestId": request_id(2), "paymentId": "gateway-2"})
    after = settled(second, answer, at=NOW.replace(hour=23)).payment
    assert (after.status, after.attempt.buyerCompletedAt) == (S.ACTION_REQUIRED, None)


def test_known_page_is_not_replaced() -> None:
    other = PAGE.model_copy(update={"normalUrl": "https://gateway.example/other"})
    before = settled_from_the_start(RESPONSE)
    assert settled(before, RESPONSE.model_copy(update={"nextAction": other})).payment == before
