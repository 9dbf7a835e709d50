"""A late notification agrees with a payment only where it repeats what the payment's result says."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.antom.models import CaptureMode
from holdfast.payment import CaptureStatus, Payment
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import CaptureEvidence, PaymentEvidence, Verdict
from settlement.notification.agreement import agrees
from settlement.notification.verified_notification import VerifiedNotification
from settlement.settle import settle
from tests.support.settlement.evidence import (
    LIMIT,
    NOW,
    OPENED,
    PART,
    attempt,
    capture,
    capture_evidence,
    payment_at,
    payment_evidence,
    request_id,
)
from tests.support.settlement.payment_sequences import payment_sequences, reviewed_claims

Claim = PaymentEvidence | CaptureEvidence
CAPTURED = payment_at(S.CAPTURED)
UNPAID = [payment_at(status) for status in (S.FAILED, S.CANCELLED, S.EXPIRED)]
AUTOMATIC = payment_at(S.CAPTURED, CaptureMode.AUTOMATIC)
ENDED = [CAPTURED, *UNPAID]
FAILED_CAPTURE = payment_at(
    S.CAPTURED, captures=(capture(CaptureStatus.FAIL), capture(CaptureStatus.SUCCESS, number=2))
)
SECOND_ATTEMPT = payment_at(
    S.CAPTURED, attempts=(attempt(A.DECLINED), attempt(A.AUTHORIZED, number=2, paymentId="gateway-2"))
)


def note(
    evidence: Claim, account: str = "default", notify_type: str = "PAYMENT_RESULT"
) -> VerifiedNotification:
    return VerifiedNotification(
        merchantAccount=account, notifyType=notify_type, receivedAt=NOW, evidence=evidence
    )


def paid(verdict: Verdict, **fields: Any) -> VerifiedNotification:
    return note(payment_evidence(verdict, Source.NOTIFICATION, **fields))


def taken(verdict: Verdict, **fields: Any) -> VerifiedNotification:
    return note(capture_evidence(verdict, Source.NOTIFICATION, **fields))


@pytest.mark.parametrize(
    "late",
    [
        paid(Verdict.SUCCEEDED),
        paid(Verdict.SUCCEEDED, value="030000"),
        paid(Verdict.IN_PROCESS),
        taken(Verdict.SUCCEEDED),
        taken(Verdict.SUCCEEDED, captureId="gateway's"),
        taken(Verdict.IN_PROCESS),
    ],
)
def test_success_of_a_captured_payment_agrees(late: VerifiedNotification) -> None:
    assert agrees(CAPTURED, late)


@pytest.mark.parametrize("payment", UNPAID, ids=lambda payment: payment.status)
@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.CANCELLED])
def test_failure_of_an_unpaid_payment_agrees(payment: Payment, verdict: Verdict) -> None:
    assert agrees(payment, paid(verdict))
    assert agrees(payment, paid(verdict, paymentId=None, value=None, currency=None))


def test_failures_of_what_the_payment_went_on_without_agree() -> None:
    assert agrees(FAILED_CAPTURE, taken(Verdict.FAILED))
    assert agrees(SECOND_ATTEMPT, paid(Verdict.FAILED))
    assert agrees(
        SECOND_ATTEMPT, paid(Verdict.SUCCEEDED, paymentRequestId=request_id(2), paymentId="gateway-2")
    )


@pytest.mark.parametrize("payment", UNPAID, ids=lambda payment: payment.status)
@pytest.mark.parametrize(
    "late", [paid(Verdict.SUCCEEDED), paid(Verdict.IN_PROCESS), taken(Verdict.SUCCEEDED)]
)
def test_success_of_an_unpaid_payment_needs_review(payment: Payment, late: VerifiedNotification) -> None:
    assert not agrees(payment, late)


@pytest.mark.parametrize(
    "late",
    [
        taken(Verdict.FAILED),
        taken(Verdict.CANCELLED),
        paid(Verdict.FAILED),
        paid(Verdict.CANCELLED),
        paid(Verdict.UNCLEAR),
        taken(Verdict.UNCLEAR),
    ],
)
def test_reversal_of_a_captured_payment_needs_review(late: VerifiedNotification) -> None:
    assert not agrees(CAPTURED, late)


@pytest.mark.parametrize("payment", UNPAID, ids=lambda payment: payment.status)
def test_success_of_an_authorization_that_ended_uncaptured_needs_review(payment: Payment) -> None:
    held = payment.model_copy(update={"attempts": (attempt(A.AUTHORIZED),)})
    assert not agrees(held, paid(Verdict.SUCCEEDED))


def test_success_of_a_closed_attempt_needs_review() -> None:
    assert not agrees(SECOND_ATTEMPT, paid(Verdict.SUCCEEDED))
    late = attempt(A.AUTHORIZED_AFTER_CLOSE)
    assert not agrees(payment_at(S.CANCELLED, attempts=(late,)), paid(Verdict.FAILED))


def test_failure_of_a_closed_attempt_whose_money_was_captured_needs_review() -> None:
    payment = payment_at(S.CAPTURED, attempts=(attempt(A.CANCELLED),))
    assert not agrees(payment, paid(Verdict.FAILED))


def test_success_of_a_failed_capture_needs_review() -> None:
    assert not agrees(FAILED_CAPTURE, taken(Verdict.SUCCEEDED))


DIFFERENT: list[dict[str, Any]] = [
    {"value": "30001"},
    {"value": PART.value},
    {"currency": "USD"},
    {"paymentId": "gateway-other"},
    {"value": None},
    {"currency": None},
    {"paymentId": None},
]


@pytest.mark.parametrize("wrong", [*DIFFERENT, {"paymentRequestId": "ORDER_2-1"}, {"paymentRequestId": None}])
def test_success_with_another_amount_or_id_needs_review(wrong: dict[str, Any]) -> None:
    assert not agrees(CAPTURED, paid(Verdict.SUCCEEDED, **wrong))


@pytest.mark.parametrize(
    "wrong", [*DIFFERENT, {"captureRequestId": "ORDER_1-c9"}, {"captureRequestId": None}]
)
def test_capture_with_another_amount_or_id_needs_review(wrong: dict[str, Any]) -> None:
    assert not agrees(CAPTURED, taken(Verdict.SUCCEEDED, **wrong))


def test_capture_with_another_capture_id_needs_review() -> None:
    known = capture(CaptureStatus.SUCCESS).model_copy(update={"captureId": "gateway-capture-1"})
    payment = payment_at(S.CAPTURED, captures=(known,))
    assert agrees(payment, taken(Verdict.SUCCEEDED, captureId="gateway-capture-1"))
    assert not agrees(payment, taken(Verdict.SUCCEEDED, captureId="gateway-capture-2"))


@pytest.mark.parametrize("payment", ENDED, ids=lambda payment: payment.status)
@pytest.mark.parametrize("wrong", [{"value": "1"}, {"currency": "USD"}, {"paymentId": "gateway-other"}])
def test_failure_with_another_amount_or_id_needs_review(payment: Payment, wrong: dict[str, Any]) -> None:
    assert not agrees(payment, paid(Verdict.FAILED, **wrong))


def test_notification_of_another_account_needs_review() -> None:
    success = payment_evidence(Verdict.SUCCEEDED, Source.NOTIFICATION)
    assert agrees(CAPTURED, note(success))
    assert not agrees(CAPTURED, note(success, "shop-two"))


@pytest.mark.parametrize("status", [status for status in S if not status.is_final])
@pytest.mark.parametrize("verdict", Verdict)
def test_payment_that_has_not_ended_agrees_with_nothing(status: S, verdict: Verdict) -> None:
    assert not agrees(payment_at(status), paid(verdict))


@pytest.mark.parametrize(
    ("known", "reported", "agreed"),
    [
        ("ACCEPT", "ACCEPT", True),
        ("ACCEPT", "PROCESSING", True),
        ("REJECT", "REJECT", True),
        ("ACCEPT", None, True),
        (None, "ACCEPT", False),
        (None, "PROCESSING", False),
        ("ACCEPT", "REJECT", False),
        ("REJECT", "ACCEPT", False),
        ("PROCESSING", "ACCEPT", False),
    ],
)
def test_decision_of_a_risk_review_is_compared(known: str | None, reported: str | None, agreed: bool) -> None:
    payment = payment_at(S.CAPTURED, authReviewStatus=known)
    assert agrees(payment, paid(Verdict.SUCCEEDED, authReviewStatus=reported)) is agreed
    if reported is not None:
        decision = payment_evidence(Verdict.UNCLEAR, Source.NOTIFICATION, authReviewStatus=reported)
        assert agrees(payment, note(decision, notify_type="RISK_POST_REVIEW")) is agreed


def test_unknown_outcome_beside_a_known_risk_review_calls_a_person() -> None:
    """The status of a PAYMENT_RESULT can be one that no version of the gateway's documentation has."""
    payment = payment_at(S.CAPTURED, authReviewStatus="ACCEPT")
    assert not agrees(payment, paid(Verdict.UNCLEAR, authReviewStatus="ACCEPT"))


def test_risk_review_of_a_former_attempt_needs_review() -> None:
    late = paid(Verdict.FAILED, authReviewStatus="ACCEPT")
    assert not agrees(SECOND_ATTEMPT.model_copy(update={"authReviewStatus": "ACCEPT"}), late)


@st.composite
def ended_payments_and_notes(draw: st.DrawFn) -> tuple[Payment, VerifiedNotification]:
    """Generates a payment that has ended by a random sequence, and a notification about it."""
    usual = draw(st.sampled_from([*ENDED, FAILED_CAPTURE, SECOND_ATTEMPT, AUTOMATIC]))
    end = draw(payment_sequences()).end if draw(st.booleans()) else usual
    payment = end if end.status.is_final else usual
    claim = draw(reviewed_claims(payment)).model_copy(update={"source": Source.NOTIFICATION})
    return payment, note(claim)


def _decided(payment: Payment) -> dict[str, object]:
    """Returns what the payment says about money, and whether it needs a person."""
    attempts = [(a.paymentRequestId, a.status) for a in payment.attempts]
    named = ("status", "captures", "authorizedAmount", "capturedAmount", "authReviewStatus", "review")
    return {"attempts": attempts, **{name: getattr(payment, name) for name in named}}


@settings(max_examples=500)
@given(case=ended_payments_and_notes())
def test_evidence_that_agrees_would_change_nothing_in_the_payment(
    case: tuple[Payment, VerifiedNotification],
) -> None:
    """What is kept without a review is what a running payment would neither apply nor ask about."""
    payment, late = case
    settled, must_inquire = settle(payment, late.evidence, OPENED + timedelta(hours=1), attempt_limit=LIMIT)
    is_unchanged = _decided(settled) == _decided(payment) and not must_inquire
    assert is_unchanged or not agrees(payment, late)


@settings(max_examples=500)
@given(
    case=ended_payments_and_notes(),
    wrong=st.sampled_from(
        [{"value": "29999"}, {"currency": "JPY"}, {"paymentId": "gateway-9"}, {"verdict": Verdict.ABSENT}]
    ),
)
def test_evidence_with_one_field_changed_does_not_agree(
    case: tuple[Payment, VerifiedNotification], wrong: dict[str, Any]
) -> None:
    payment, late = case
    if "paymentId" in wrong and not all(attempt.paymentId for attempt in payment.attempts):
        return
    changed = late.evidence.model_copy(update=wrong)
    is_changed = changed != late.evidence
    assert not (is_changed and agrees(payment, late.model_copy(update={"evidence": changed})))
