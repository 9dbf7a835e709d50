"""Comparison with the gateway: every status of Holdfast against every verdict of the gateway."""

from typing import Any

import pytest

from holdfast.antom.models import CaptureMode
from holdfast.difference_kind import DifferenceKind as K
from holdfast.payment import CaptureStatus, Payment
from holdfast.reconciliation.difference import Difference
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
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
    capture_evidence,
    capture_id,
    payment_at,
    payment_evidence,
    request_id,
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
"""Listed independently of the code under test."""
ANSWERS = [verdict for verdict in Verdict if verdict is not Verdict.UNCLEAR]


def record(verdict: Verdict, *captures: CaptureEvidence, **fields: Any) -> GatewayRecord:
    """Returns the record of an inquiry about the first attempt, with these captures."""
    facts: dict[str, Any] = {"currency": None, "value": None} if verdict is Verdict.ABSENT else {}
    return GatewayRecord(
        payment=payment_evidence(verdict, Source.INQUIRY, **(facts | fields)), captures=captures
    )


def captured(verdict: Verdict, number: int = 1, **fields: Any) -> CaptureEvidence:
    return capture_evidence(verdict, Source.INQUIRY, captureRequestId=capture_id(number), **fields)


def own_captures(payment: Payment) -> tuple[CaptureEvidence, ...]:
    """Returns the payment's captures as a correct gateway lists them."""
    verdicts = {
        CaptureStatus.SUCCESS: Verdict.SUCCEEDED,
        CaptureStatus.FAIL: Verdict.FAILED,
        CaptureStatus.PROCESSING: Verdict.IN_PROCESS,
    }
    return tuple(
        capture_evidence(
            verdicts[each.status],
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
def test_status_agrees_with_the_listed_verdicts_only(status: S, verdict: Verdict, mode: CaptureMode) -> None:
    payment = payment_at(status, mode)
    found = differences(payment, [record(verdict, *own_captures(payment))])
    agreeing = AGREES[status] | ({Verdict.IN_PROCESS} if status is S.CANCELLING else set())
    assert (found == ()) is (verdict in agreeing), found


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
def test_different_status_has_its_kind_of_difference(status: S, verdict: Verdict, kind: K) -> None:
    [found] = differences(payment_at(status), [record(verdict)])
    assert (found.kind, found.holdfastState) == (kind, status)


def test_capture_of_payment_without_money_is_reported_as_capture_only() -> None:
    external = captured(Verdict.SUCCEEDED, 9)
    [found] = differences(payment_at(S.CANCELLED), [record(Verdict.SUCCEEDED, external)])
    assert (found.kind, found.captureRequestId) == (K.UNKNOWN_CAPTURE, capture_id(9))
    assert found.gatewayState == "SUCCEEDED EUR 300.00"


@pytest.mark.parametrize(
    ("holdfast", "gateway", "kind"),
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
def test_different_capture_status_has_its_kind_of_difference(
    holdfast: CaptureStatus, gateway: Verdict, kind: K | None
) -> None:
    payment = payment_at(S.AUTHORIZED, captures=(capture(holdfast),))
    found = differences(payment, [record(Verdict.SUCCEEDED, captured(gateway))])
    assert kinds(found) == ([kind] if kind else [])


@pytest.mark.parametrize("holdfast", CaptureStatus)
def test_unlisted_capture_is_a_difference_only_if_it_succeeded(holdfast: CaptureStatus) -> None:
    payment = payment_at(S.AUTHORIZED, captures=(capture(holdfast),))
    found = differences(payment, [record(Verdict.SUCCEEDED)])
    assert kinds(found) == ([K.LOST_CAPTURE] if holdfast is CaptureStatus.SUCCESS else [])


@pytest.mark.parametrize("verdict", ANSWERS)
def test_external_capture_is_a_difference_if_it_may_take_money(verdict: Verdict) -> None:
    found = differences(payment_at(S.AUTHORIZED), [record(Verdict.SUCCEEDED, captured(verdict, 9))])
    may_capture = verdict in {Verdict.SUCCEEDED, Verdict.IN_PROCESS, Verdict.ABSENT}
    assert kinds(found) == ([K.UNKNOWN_CAPTURE] if may_capture else [])


def test_automatic_capture_is_a_difference_only_after_it_succeeded() -> None:
    automatic = payment_at(S.AUTHORIZED, CaptureMode.AUTOMATIC)
    in_process = record(Verdict.SUCCEEDED, captured(Verdict.IN_PROCESS, captureId="1"))
    assert differences(automatic, [in_process]) == ()
    succeeded = record(Verdict.SUCCEEDED, captured(Verdict.SUCCEEDED))
    assert kinds(differences(automatic, [succeeded])) == [K.UNKNOWN_CAPTURE]
    captured_payment = payment_at(S.CAPTURED, CaptureMode.AUTOMATIC)
    second = record(Verdict.SUCCEEDED, *own_captures(captured_payment), captured(Verdict.IN_PROCESS, 2))
    assert kinds(differences(captured_payment, [second])) == [K.UNKNOWN_CAPTURE]


def test_capture_that_is_listed_twice_is_a_difference() -> None:
    payment = payment_at(S.CAPTURED)
    found = differences(payment, [record(Verdict.SUCCEEDED, *own_captures(payment) * 2)])
    assert [(each.kind, each.captureRequestId) for each in found] == [(K.UNKNOWN_CAPTURE, capture_id())]


def test_different_amount_currency_or_id_is_a_difference() -> None:
    payment = payment_at(S.CAPTURED)
    for wrong in ({"value": "29999"}, {"currency": "USD"}):
        found = differences(payment, [record(Verdict.SUCCEEDED, *own_captures(payment), **wrong)])
        assert [(each.kind, each.holdfastState) for each in found] == [(K.AMOUNT, "EUR 300.00")]
    of_part = captured(Verdict.SUCCEEDED, value=PART.value)
    [found_part] = differences(payment, [record(Verdict.SUCCEEDED, of_part)])
    assert (found_part.kind, found_part.gatewayState) == (K.AMOUNT, f"SUCCEEDED {PART.display}")
    other = record(Verdict.SUCCEEDED, *own_captures(payment), paymentId="gateway-9")
    assert kinds(differences(payment, [other])) == [K.PAYMENT_ID]


def test_partial_captures_that_add_up_agree() -> None:
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


def test_authorization_of_former_attempt_is_a_difference() -> None:
    payment = _with_former(A.DECLINED)
    assert differences(payment, [record(Verdict.FAILED), _second()]) == ()
    [found] = differences(payment, [record(Verdict.SUCCEEDED), _second()])
    assert (found.kind, found.paymentRequestId) == (K.UNKNOWN_HOLD, request_id())
    assert found.holdfastState == "attempt DECLINED"


def test_known_late_authorization_of_former_attempt_agrees() -> None:
    payment = _with_former(A.AUTHORIZED_AFTER_CLOSE)
    assert differences(payment, [record(Verdict.SUCCEEDED), _second()]) == ()
    assert kinds(differences(payment, [record(Verdict.CANCELLED), _second()])) == [K.STATUS]


@pytest.mark.parametrize("verdict", ANSWERS)
def test_payment_without_workflow_is_a_difference_if_it_has_money(verdict: Verdict) -> None:
    found = differences(None, [record(verdict)])
    assert kinds(found) == ([K.UNKNOWN_PAYMENT] if verdict in (Verdict.SUCCEEDED, Verdict.IN_PROCESS) else [])


@each_case("status", S)
@each_case("verdict", ANSWERS)
def test_stopped_workflow_is_a_difference_if_money_remains(status: S, verdict: Verdict) -> None:
    payment = payment_at(status)
    found = differences(payment, [record(verdict, *own_captures(payment))], is_stopped=True)
    has_money = verdict in (Verdict.SUCCEEDED, Verdict.IN_PROCESS) or bool(payment.captures)
    if status is S.CAPTURED:
        assert (found == ()) is (verdict is Verdict.SUCCEEDED)
    else:
        assert kinds(found) == ([K.UNATTENDED] if has_money else [])


def test_inquiries_cover_every_attempt_and_one_unknown_attempt() -> None:
    authorized = _with_former(A.DECLINED)
    assert next_request_id(authorized, "ORDER_1", []) == request_id(1)
    assert next_request_id(authorized, "ORDER_1", [record(Verdict.FAILED)]) == request_id(2)
    assert next_request_id(authorized, "ORDER_1", [record(Verdict.FAILED), _second()]) is None, (
        "the current attempt is authorized"
    )
    cancelled = payment_at(S.CANCELLED)
    assert next_request_id(cancelled, "ORDER_1", [record(Verdict.CANCELLED)]) == request_id(2)
    absent = record(Verdict.ABSENT, paymentRequestId=request_id(2))
    assert next_request_id(cancelled, "ORDER_1", [record(Verdict.CANCELLED), absent]) is None


def test_inquiries_about_order_without_workflow_end_at_first_unknown_attempt() -> None:
    assert next_request_id(None, "ORDER_1", []) == request_id(1)
    assert next_request_id(None, "ORDER_1", [record(Verdict.ABSENT)]) is None
    assert next_request_id(None, "ORDER_1", [record(Verdict.FAILED)]) == request_id(2)
    many = [record(Verdict.FAILED)] * (MAX_ATTEMPTS + 1)
    assert next_request_id(None, "ORDER_1", many) is None


def test_digest_is_equal_for_equal_differences_only() -> None:
    [of_hold] = differences(payment_at(S.CANCELLED), [record(Verdict.SUCCEEDED)])
    [again] = differences(payment_at(S.CANCELLED), [record(Verdict.SUCCEEDED)])
    [of_capture] = differences(
        payment_at(S.CANCELLED), [record(Verdict.SUCCEEDED, captured(Verdict.SUCCEEDED, 9))]
    )
    assert of_hold.digest == again.digest
    assert of_hold.digest != of_capture.digest
    assert len(of_hold.digest) == 16


def test_failed_inquiry_is_not_answered() -> None:
    assert not record(Verdict.UNCLEAR).is_answered
