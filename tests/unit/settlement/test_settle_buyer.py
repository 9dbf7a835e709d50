"""While the buyer is at it: pages, pending answers, and the order in which they arrive."""

from itertools import permutations

import pytest

from holdfast.attempt_status import AttemptStatus as A
from holdfast.evidence import PaymentEvidence, Source, Verdict
from holdfast.payment import Payment
from holdfast.status import PaymentStatus as S
from tests.support.settlement.evidence import NOW, PAGE, attempt, payment_at, request_id, says, settled

ANSWER = says(Verdict.IN_PROCESS, Source.PAY_RESPONSE, nextAction=PAGE)
ANSWER_WITHOUT_PAGE = says(Verdict.IN_PROCESS, Source.PAY_RESPONSE)
BUYER_DONE = says(Verdict.IN_PROCESS, Source.NOTIFICATION)
SUCCESS = says(Verdict.SUCCEEDED, Source.NOTIFICATION)
FAILURE = says(Verdict.FAILED, Source.NOTIFICATION)
BUYER_FOUND_DONE = says(Verdict.IN_PROCESS, Source.INQUIRY, buyerIsDone=True, nextAction=PAGE)
STILL = says(Verdict.IN_PROCESS, Source.INQUIRY)
FORM = says(Verdict.IN_PROCESS, Source.INQUIRY, nextAction=PAGE)


def settled_from_the_start(*claims: PaymentEvidence) -> Payment:
    return settled(payment_at(S.AUTHORIZING), *claims).payment


@pytest.mark.parametrize("status", [S.AUTHORIZING, S.PENDING, S.NEEDS_REVIEW])
@pytest.mark.parametrize("source", [source for source in Source if source is not Source.NOTIFICATION])
def test_a_page_sends_the_buyer(status: S, source: Source) -> None:
    after = settled(payment_at(status), says(Verdict.IN_PROCESS, source, nextAction=PAGE)).payment
    assert (after.status, after.nextAction) == (S.ACTION_REQUIRED, PAGE)
    assert after.attempt.status is A.ACTION_REQUIRED


@pytest.mark.parametrize(
    "status", [s for s in S if s not in {S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING, S.NEEDS_REVIEW}]
)
def test_a_page_for_a_payment_that_is_decided_is_not_shown(status: S) -> None:
    before = payment_at(status)
    assert settled(before, FORM).payment == before


def test_a_decided_attempt_under_review_does_not_send_the_buyer_again() -> None:
    before = payment_at(S.NEEDS_REVIEW, attempts=(attempt(A.AUTHORIZED),))
    assert settled(before, FORM).payment == before


@pytest.mark.parametrize("claims", list(permutations([ANSWER, SUCCESS])))
def test_a_success_before_or_after_the_pay_answer(claims: tuple[PaymentEvidence, ...]) -> None:
    after = settled_from_the_start(*claims)
    assert (after.status, after.nextAction, after.review) == (S.AUTHORIZED, None, None)


@pytest.mark.parametrize("claims", list(permutations([ANSWER, FAILURE])))
def test_a_failure_before_or_after_the_pay_answer(claims: tuple[PaymentEvidence, ...]) -> None:
    after = settled_from_the_start(*claims)
    assert (after.status, after.nextAction, after.review) == (S.DECLINED, None, None)


@pytest.mark.parametrize("answer", [ANSWER, ANSWER_WITHOUT_PAGE])
@pytest.mark.parametrize("last", [STILL, FORM])
@pytest.mark.parametrize("done", [BUYER_DONE, BUYER_FOUND_DONE])
def test_the_buyer_is_done_before_or_after_the_pay_answer(
    answer: PaymentEvidence, last: PaymentEvidence, done: PaymentEvidence
) -> None:
    """Whatever comes first: the buyer is not sent to the page again, and everybody can see why."""
    for claims in permutations([answer, done]):
        after = settled_from_the_start(*claims)
        assert (after.status, after.nextAction) == (S.PENDING, None)
        assert after.attempt.buyerCompletedAt == NOW
        assert settled(after, last).payment == after


def test_all_orders_of_a_whole_story_end_alike() -> None:
    ends = {
        (after.status, after.nextAction, after.authorizedAmount, after.attempt.status)
        for claims in permutations([ANSWER, BUYER_DONE, STILL, SUCCESS])
        for after in [settled_from_the_start(*claims)]
    }
    assert len(ends) == 1
    assert ends.pop()[0] is S.AUTHORIZED


@pytest.mark.parametrize("claim", [ANSWER_WITHOUT_PAGE, STILL])
def test_an_answer_in_process_does_not_say_that_the_buyer_is_done(claim: PaymentEvidence) -> None:
    pending = settled_from_the_start(claim)
    assert pending.status is S.PENDING
    assert pending.attempt.buyerCompletedAt is None
    assert settled(pending, FORM).payment.status is S.ACTION_REQUIRED


def test_a_pending_notification_that_does_not_fit_does_not_say_so_either() -> None:
    pending = settled_from_the_start(ANSWER_WITHOUT_PAGE)
    told = settled(pending, says(Verdict.IN_PROCESS, value="1")).payment
    assert told.attempt.buyerCompletedAt is None


def test_the_first_attempts_buyer_is_not_the_second_ones() -> None:
    first = settled_from_the_start(BUYER_DONE, FAILURE)
    again = attempt(A.AUTHORIZING, 2, startedAt=NOW.replace(hour=23))
    second = first.model_copy(update={"attempts": (*first.attempts, again), "status": S.AUTHORIZING})
    answer = ANSWER.model_copy(update={"paymentRequestId": request_id(2), "paymentId": "gateway-2"})
    after = settled(second, answer, at=NOW.replace(hour=23)).payment
    assert (after.status, after.attempt.buyerCompletedAt) == (S.ACTION_REQUIRED, None)


def test_a_page_that_is_known_stays() -> None:
    other = PAGE.model_copy(update={"normalUrl": "https://gateway.example/other"})
    before = settled_from_the_start(ANSWER)
    assert settled(before, ANSWER.model_copy(update={"nextAction": other})).payment == before
