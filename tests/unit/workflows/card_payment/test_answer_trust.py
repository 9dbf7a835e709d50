"""Answers of the gateway that need an inquiry before they are settled, and answers that do not."""

import pytest

from activities.calls import CaptureResult, PayResult
from holdfast.antom.endpoints import Operation
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import Verdict
from tests.support.settlement.evidence import capture_evidence, payment_at, payment_evidence
from workflows.card_payment.answer_trust import (
    is_authorized_attempt,
    may_be_captured_externally,
    needs_inquiry,
)


def paid(verdict: Verdict, code: str, *, repeated: bool) -> PayResult:
    return PayResult(
        evidence=payment_evidence(verdict, Source.PAY_RESPONSE, resultCode=code), repeated=repeated
    )


def captured(verdict: Verdict, code: str) -> CaptureResult:
    evidence = capture_evidence(verdict, Source.CAPTURE_RESPONSE, resultCode=code)
    return CaptureResult(evidence=evidence, repeated=False)


def test_failure_of_a_first_send_is_trusted() -> None:
    assert not needs_inquiry(Operation.PAY, paid(Verdict.FAILED, "DO_NOT_HONOR", repeated=False))


def test_failure_of_a_repeat_needs_an_inquiry() -> None:
    assert needs_inquiry(Operation.PAY, paid(Verdict.FAILED, "DO_NOT_HONOR", repeated=True))


def test_failure_whose_code_advises_an_inquiry_needs_one() -> None:
    assert needs_inquiry(Operation.PAY, paid(Verdict.FAILED, "REPEAT_REQ_INCONSISTENT", repeated=False))


@pytest.mark.parametrize("code", ["SYSTEM_ERROR", "PROCESS_FAIL", "ACCESS_DENIED", "AN_UNDOCUMENTED_CODE"])
def test_failure_of_a_first_send_that_explains_nothing_needs_an_inquiry(code: str) -> None:
    assert needs_inquiry(Operation.PAY, paid(Verdict.FAILED, code, repeated=False))
    assert needs_inquiry(Operation.CAPTURE, captured(Verdict.FAILED, code))


@pytest.mark.parametrize("verdict", [each for each in Verdict if each is not Verdict.FAILED])
def test_anything_but_a_failure_is_trusted(verdict: Verdict) -> None:
    assert not needs_inquiry(Operation.PAY, paid(verdict, "REPEAT_REQ_INCONSISTENT", repeated=True))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("AUTH_EXPIRED", True),
        ("AUTH_CANCELLED", True),
        ("ORDER_IS_CANCELED", True),
        ("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", True),
        ("USER_STATUS_ABNORMAL", False),
    ],
)
def test_capture_that_finds_less_held_may_follow_an_external_capture(code: str, *, expected: bool) -> None:
    assert may_be_captured_externally(captured(Verdict.FAILED, code)) is expected
    assert not may_be_captured_externally(captured(Verdict.SUCCEEDED, code))


@pytest.mark.parametrize("status", S)
def test_attempt_is_authorized_where_money_is_held(status: S) -> None:
    held = {S.AUTHORIZED, S.CAPTURING, S.PARTIALLY_CAPTURED, S.CAPTURED, S.CANCELLING}
    assert is_authorized_attempt(payment_at(status)) is (status in held)
