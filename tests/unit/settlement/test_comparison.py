"""What agrees with the gateway and what does not: every status against every word of the gateway's."""

from typing import Any

import pytest

from holdfast.antom.models import CaptureMode
from holdfast.attempt_status import AttemptStatus as A
from holdfast.difference_kind import DifferenceKind as K
from holdfast.payment import CaptureStatus, Payment
from holdfast.reconciliation.difference import Difference
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
from settlement.comparison.payments import MAX_ATTEMPTS, differences, next_request_id
from settlement.evidence import CaptureEvidence, Verdict
from settlement.gateway_record import GatewayRecord
from tests.support.each_case import each_case
from tests.support.settlement.evidence import (
    PART,
    REST,
    WHOLE,
    attempt,
    capture,
    capture_id,
    payment_at,
    request_id,
    says,
    says_of_capture,
)

AGREES: dict[S, set[Verdict]] = {
    S.AUTHORIZING: {Verdict.IN_PROCESS, Verdict.ABSENT},
    S.ACTION_REQUIRED: {Verdict.IN_PROCESS},
    S.PENDING: {Verdict.IN_PROCESS},
    S.AUTHORIZED: {Verdict.SUCCEEDED},
    S.CAPTURING: {Verdict.SUCCEEDED},
    S.PARTIALLY_CAPTURED: {Verdict.SUCCEEDED},
    S.CAPTURED: {Verdict.SUCCEEDED},
    S.CANCELLING: {Verdict.SUCCEEDED},
    S.DECLINED: {Verdict.FAILED, Verdict.CANCELLED, Verdict.ABSENT},
    S.FAILED: {Verdict.FAILED, Verdict.CANCELLED, Verdict.ABSENT},
    S.CANCELLED: {Verdict.FAILED, Verdict.CANCELLED, Verdict.ABSENT},
    S.EXPIRED: {Verdict.FAILED, Verdict.CANCELLED, Verdict.ABSENT},
    S.NEEDS_REVIEW: {Verdict.IN_PROCESS, Verdict.ABSENT},
}
"""Written down by hand, so that the code has something to disagree with."""
ANSWERS = [verdict for verdict in Verdict if verdict is not Verdict.UNCLEAR]


def record(verdict: Verdict, *captures: CaptureEvidence, **fields: Any) -> GatewayRecord:
    """What an inquiry says of the first attempt, and of the captures."""
    facts: dict[str, Any] = {"currency": None, "value": None} if verdict is Verdict.ABSENT else {}
    return GatewayRecord(payment=says(verdict, Source.INQUIRY, **(facts | fields)), captures=captures)


def captured(verdict: Verdict, number: int = 1, **fields: Any) -> CaptureEvidence:
    return says_of_capture(verdict, Source.INQUIRY, captureRequestId=capture_id(number), **fields)


def own_captures(payment: Payment) -> tuple[CaptureEvidence, ...]:
    """The payment's captures, as an honest gateway lists them."""
    words = {
        CaptureStatus.SUCCESS: Verdict.SUCCEEDED,
        CaptureStatus.FAIL: Verdict.FAILED,
        CaptureStatus.PROCESSING: Verdict.IN_PROCESS,
    }
    return tuple(
        says_of_capture(
            words[each.status],
            Source.INQUIRY,
            each.captureAmount,
            captureRequestId=each.captureRequestId,
        )
        for each in payment.captures
    )


def kinds(found: tuple[Difference, ...]) -> list[K]:
    return sorted(each.kind for each in found)


@each_case("mode", CaptureMode)
@each_case("verdict", ANSWERS)
@each_case("status", S)
def test_every_status_against_every_word(status: S, verdict: Verdict, mode: CaptureMode) -> None:
    payment = payment_at(status, mode)
    found = differences(payment, [record(verdict, *own_captures(payment))])
    fits = AGREES[status] | ({Verdict.IN_PROCESS} if status is S.CANCELLING else set())
    assert (found == ()) is (verdict in fits), found


@pytest.mark.parametrize(
    ("status", "verdict", "kind"),
    [
        (S.CANCELLED, Verdict.SUCCEEDED, K.UNKNOWN_HOLD),
        (S.FAILED, Verdict.SUCCEEDED, K.UNKNOWN_HOLD),
        (S.EXPIRED, Verdict.SUCCEEDED, K.UNKNOWN_HOLD),
        (S.DECLINED, Verdict.SUCCEEDED, K.UNKNOWN_HOLD),
        (S.CANCELLED, Verdict.IN_PROCESS, K.STATUS),
        (S.AUTHORIZED, Verdict.CANCELLED, K.LOST_HOLD),
        (S.AUTHORIZED, Verdict.ABSENT, K.LOST_HOLD),
        (S.AUTHORIZED, Verdict.IN_PROCESS, K.STATUS),
        (S.ACTION_REQUIRED, Verdict.SUCCEEDED, K.STATUS),
        (S.NEEDS_REVIEW, Verdict.SUCCEEDED, K.STATUS),
    ],
)
def test_what_a_status_apart_is_called(status: S, verdict: Verdict, kind: K) -> None:
    [found] = differences(payment_at(status), [record(verdict)])
    assert (found.kind, found.holdfastState) == (kind, status)


def test_money_taken_of_an_empty_payment_is_told_by_its_capture_alone() -> None:
    taken = captured(Verdict.SUCCEEDED, 9)
    [found] = differences(payment_at(S.CANCELLED), [record(Verdict.SUCCEEDED, taken)])
    assert (found.kind, found.captureRequestId) == (K.UNKNOWN_CAPTURE, capture_id(9))
    assert found.gatewayState == "SUCCEEDED EUR 300.00"


@pytest.mark.parametrize(
    ("here", "there", "kind"),
    [
        (CaptureStatus.SUCCESS, Verdict.SUCCEEDED, None),
        (CaptureStatus.SUCCESS, Verdict.FAILED, K.LOST_CAPTURE),
        (CaptureStatus.SUCCESS, Verdict.CANCELLED, K.LOST_CAPTURE),
        (CaptureStatus.SUCCESS, Verdict.IN_PROCESS, K.STATUS),
        (CaptureStatus.FAIL, Verdict.FAILED, None),
        (CaptureStatus.FAIL, Verdict.SUCCEEDED, K.UNKNOWN_CAPTURE),
        (CaptureStatus.FAIL, Verdict.IN_PROCESS, K.STATUS),
        (CaptureStatus.PROCESSING, Verdict.IN_PROCESS, None),
        (CaptureStatus.PROCESSING, Verdict.SUCCEEDED, K.STATUS),
        (CaptureStatus.PROCESSING, Verdict.FAILED, K.STATUS),
    ],
)
def test_every_capture_against_every_word(here: CaptureStatus, there: Verdict, kind: K | None) -> None:
    payment = payment_at(S.AUTHORIZED, captures=(capture(here),))
    found = differences(payment, [record(Verdict.SUCCEEDED, captured(there))])
    assert kinds(found) == ([kind] if kind else [])


@pytest.mark.parametrize("here", CaptureStatus)
def test_a_capture_that_the_gateway_does_not_list_is_missed_only_if_it_succeeded(here: CaptureStatus) -> None:
    payment = payment_at(S.AUTHORIZED, captures=(capture(here),))
    found = differences(payment, [record(Verdict.SUCCEEDED)])
    assert kinds(found) == ([K.LOST_CAPTURE] if here is CaptureStatus.SUCCESS else [])


@pytest.mark.parametrize("verdict", ANSWERS)
def test_a_capture_by_hand_is_unknown_as_soon_as_it_may_take_money(verdict: Verdict) -> None:
    found = differences(payment_at(S.AUTHORIZED), [record(Verdict.SUCCEEDED, captured(verdict, 9))])
    takes = verdict in {Verdict.SUCCEEDED, Verdict.IN_PROCESS, Verdict.ABSENT}
    assert kinds(found) == ([K.UNKNOWN_CAPTURE] if takes else [])


def test_the_gateways_own_capture_is_expected_until_it_has_been_made() -> None:
    automatic = payment_at(S.AUTHORIZED, CaptureMode.AUTOMATIC)
    coming = record(Verdict.SUCCEEDED, captured(Verdict.IN_PROCESS, captureId="1"))
    assert differences(automatic, [coming]) == ()
    made = record(Verdict.SUCCEEDED, captured(Verdict.SUCCEEDED))
    assert kinds(differences(automatic, [made])) == [K.UNKNOWN_CAPTURE]
    taken = payment_at(S.CAPTURED, CaptureMode.AUTOMATIC)
    second = record(Verdict.SUCCEEDED, *own_captures(taken), captured(Verdict.IN_PROCESS, 2))
    assert kinds(differences(taken, [second])) == [K.UNKNOWN_CAPTURE]


def test_one_capture_that_is_listed_twice_took_money_twice() -> None:
    payment = payment_at(S.CAPTURED)
    found = differences(payment, [record(Verdict.SUCCEEDED, *own_captures(payment) * 2)])
    assert [(each.kind, each.captureRequestId) for each in found] == [(K.UNKNOWN_CAPTURE, capture_id())]


def test_amounts_currencies_and_ids_are_compared() -> None:
    payment = payment_at(S.CAPTURED)
    for wrong in ({"value": "29999"}, {"currency": "USD"}):
        found = differences(payment, [record(Verdict.SUCCEEDED, *own_captures(payment), **wrong)])
        assert [(each.kind, each.holdfastState) for each in found] == [(K.AMOUNT, "EUR 300.00")]
    of_part = captured(Verdict.SUCCEEDED, value=PART.value)
    [found_part] = differences(payment, [record(Verdict.SUCCEEDED, of_part)])
    assert (found_part.kind, found_part.gatewayState) == (K.AMOUNT, f"SUCCEEDED {PART.display}")
    other = record(Verdict.SUCCEEDED, *own_captures(payment), paymentId="gateway-9")
    assert kinds(differences(payment, [other])) == [K.PAYMENT_ID]


def test_several_captures_add_up() -> None:
    parts = (capture(CaptureStatus.SUCCESS, PART, last=False), capture(CaptureStatus.SUCCESS, REST, 2))
    payment = payment_at(S.CAPTURED, captures=parts, capturedAmount=WHOLE)
    assert differences(payment, [record(Verdict.SUCCEEDED, *own_captures(payment))]) == ()


def _with_former(former: A, status: S = S.AUTHORIZED) -> Payment:
    second = payment_at(status).attempt.model_copy(
        update={"paymentRequestId": request_id(2), "paymentId": "gateway-2"}
    )
    return payment_at(status, attempts=(attempt(former), second))


def _second() -> GatewayRecord:
    return record(Verdict.SUCCEEDED, paymentRequestId=request_id(2), paymentId="gateway-2")


def test_a_former_attempt_holds_nothing() -> None:
    payment = _with_former(A.DECLINED)
    assert differences(payment, [record(Verdict.FAILED), _second()]) == ()
    [found] = differences(payment, [record(Verdict.SUCCEEDED), _second()])
    assert (found.kind, found.paymentRequestId) == (K.UNKNOWN_HOLD, request_id())
    assert found.holdfastState == "attempt DECLINED"


def test_a_former_attempt_that_is_known_to_hold_money_is_no_news() -> None:
    payment = _with_former(A.AUTHORIZED_AFTER_CLOSE)
    assert differences(payment, [record(Verdict.SUCCEEDED), _second()]) == ()
    assert kinds(differences(payment, [record(Verdict.CANCELLED), _second()])) == [K.STATUS]


@pytest.mark.parametrize("verdict", ANSWERS)
def test_a_payment_without_a_workflow_is_news_if_it_has_money(verdict: Verdict) -> None:
    found = differences(None, [record(verdict)])
    assert kinds(found) == ([K.UNKNOWN_PAYMENT] if verdict in (Verdict.SUCCEEDED, Verdict.IN_PROCESS) else [])


@each_case("status", S)
@each_case("verdict", ANSWERS)
def test_a_stopped_workflow_matters_if_it_left_money(status: S, verdict: Verdict) -> None:
    payment = payment_at(status)
    found = differences(payment, [record(verdict, *own_captures(payment))], is_stopped=True)
    has_money = verdict in (Verdict.SUCCEEDED, Verdict.IN_PROCESS) or bool(payment.captures)
    if status is S.CAPTURED:
        assert (found == ()) is (verdict is Verdict.SUCCEEDED)
    else:
        assert kinds(found) == ([K.UNATTENDED] if has_money else [])


def test_every_attempt_is_asked_about_and_then_what_may_have_been_forgotten() -> None:
    held = _with_former(A.DECLINED)
    assert next_request_id(held, "ORDER_1", []) == request_id(1)
    assert next_request_id(held, "ORDER_1", [record(Verdict.FAILED)]) == request_id(2)
    assert next_request_id(held, "ORDER_1", [record(Verdict.FAILED), _second()]) is None, "it holds the money"
    cancelled = payment_at(S.CANCELLED)
    assert next_request_id(cancelled, "ORDER_1", [record(Verdict.CANCELLED)]) == request_id(2)
    absent = record(Verdict.ABSENT, paymentRequestId=request_id(2))
    assert next_request_id(cancelled, "ORDER_1", [record(Verdict.CANCELLED), absent]) is None


def test_an_order_without_a_workflow_is_asked_about_until_the_gateway_knows_no_more() -> None:
    assert next_request_id(None, "ORDER_1", []) == request_id(1)
    assert next_request_id(None, "ORDER_1", [record(Verdict.ABSENT)]) is None
    assert next_request_id(None, "ORDER_1", [record(Verdict.FAILED)]) == request_id(2)
    many = [record(Verdict.FAILED)] * (MAX_ATTEMPTS + 1)
    assert next_request_id(None, "ORDER_1", many) is None


def test_the_same_difference_has_the_same_digest_and_another_one_another() -> None:
    [held] = differences(payment_at(S.CANCELLED), [record(Verdict.SUCCEEDED)])
    [again] = differences(payment_at(S.CANCELLED), [record(Verdict.SUCCEEDED)])
    [taken] = differences(
        payment_at(S.CANCELLED), [record(Verdict.SUCCEEDED, captured(Verdict.SUCCEEDED, 9))]
    )
    assert held.digest == again.digest
    assert held.digest != taken.digest
    assert len(held.digest) == 16


def test_an_inquiry_that_failed_is_not_answered() -> None:
    assert not record(Verdict.UNCLEAR).is_answered
