"""The merchant's key identifies one capture or one attempt, whatever has happened to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast import Amount, CaptureRequest, InvalidRequest, Payment
from holdfast.errors import HoldfastError
from holdfast.payment import Capture, CaptureStatus
from holdfast.repeated_requests import (
    attempt_with_key,
    capture_with_key,
    is_capture_repeated,
    open_capture_of,
)
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.commands import refuse_capture, request_capture
from settlement.evidence import Verdict
from settlement.settle import settle
from tests.support.settlement.evidence import NOW, PART, REST, WHOLE, attempt, capture, payment_at
from tests.support.settlement.evidence import capture_evidence as evidence_of_capture

SUCCESS, FAIL, PROCESSING = CaptureStatus.SUCCESS, CaptureStatus.FAIL, CaptureStatus.PROCESSING


def keyed(status: CaptureStatus, key: str | None, amount: Amount = PART, number: int = 1) -> Capture:
    return capture(status, amount, number, last=False).model_copy(update={"key": key})


def payment_with(*captures: Capture) -> Payment:
    return payment_at(S.PARTIALLY_CAPTURED, captures=captures)


def request(key: str | None, amount: Amount | None = PART, *, last: bool = False) -> CaptureRequest:
    return CaptureRequest(captureAmount=amount, isLastCapture=last, key=key)


def test_attempt_is_found_by_its_key_alone() -> None:
    payment = payment_at(S.DECLINED, attempts=(attempt(A.DECLINED), attempt(A.DECLINED, 2, key="card-2")))
    assert attempt_with_key(payment, "card-2") == payment.attempts[1]
    assert attempt_with_key(payment, "card-3") is None
    assert attempt_with_key(payment, None) is None, "attempts without a key are not equal"


def test_capture_with_key_is_the_try_that_has_not_failed() -> None:
    tries = (keyed(FAIL, "a"), keyed(SUCCESS, "a", number=2), keyed(FAIL, "a", number=3))
    assert capture_with_key(payment_with(*tries), request("a")) == tries[1]
    assert capture_with_key(payment_with(tries[0]), request("a")) == tries[0]
    assert capture_with_key(payment_with(keyed(SUCCESS, None)), request("a")) is None
    assert capture_with_key(payment_with(keyed(SUCCESS, None)), request(None)) is None


@pytest.mark.parametrize("status", CaptureStatus)
def test_key_with_another_amount_is_refused(status: CaptureStatus) -> None:
    payment = payment_with(keyed(status, "a"))
    for other in (REST, None, Amount(currency="USD", value=PART.value)):
        with pytest.raises(InvalidRequest, match="key: belongs to a capture with another captureAmount"):
            capture_with_key(payment, request("a", other))


def test_key_without_an_amount_is_for_what_was_left_when_the_capture_was_made() -> None:
    whole = payment_at(S.CAPTURED, captures=(keyed(SUCCESS, "a", WHOLE),), capturedAmount=WHOLE)
    assert is_capture_repeated(whole, request("a", None, last=True))
    rest = payment_with(keyed(SUCCESS, "a"), keyed(SUCCESS, "b", REST, number=2))
    assert is_capture_repeated(rest, request("b", None, last=True))


@pytest.mark.parametrize(("status", "is_repeated"), [(SUCCESS, True), (PROCESSING, True), (FAIL, False)])
def test_request_with_a_key_repeats_a_capture_that_has_not_failed(
    status: CaptureStatus, is_repeated: bool
) -> None:
    assert is_capture_repeated(payment_with(keyed(status, "a")), request("a")) is is_repeated
    assert not is_capture_repeated(payment_with(keyed(status, "a")), request("b"))
    assert not is_capture_repeated(payment_with(keyed(status, None)), request("a"))


def test_request_with_another_key_is_not_for_the_open_capture() -> None:
    payment = payment_with(keyed(SUCCESS, "a"), keyed(PROCESSING, "b", number=2))
    assert open_capture_of(payment, request("a")) is None
    assert open_capture_of(payment, request("b")) == payment.open_capture
    assert open_capture_of(payment, request(None)) == payment.open_capture
    assert open_capture_of(payment_with(keyed(SUCCESS, "a")), request(None)) is None


AMOUNTS = st.sampled_from([None, *(Amount(currency="EUR", value=v) for v in ("5000", "10000", "30000"))])
REQUESTS = st.builds(
    CaptureRequest,
    captureAmount=AMOUNTS,
    isLastCapture=st.booleans(),
    key=st.sampled_from(["a", "b", "c", None]),
)
STEPS = st.lists(st.tuples(REQUESTS, st.sampled_from([Verdict.SUCCEEDED, Verdict.FAILED])), max_size=8)


@given(STEPS)
def test_key_captures_once_and_one_amount_in_every_sequence(
    steps: list[tuple[CaptureRequest, Verdict]],
) -> None:
    """Each request is decided before the next one, by the gateway's success or failure."""
    payment = payment_at(S.AUTHORIZED)
    for wanted, verdict in steps:
        payment = _captured(payment, wanted)
        if (opened := payment.open_capture) is not None:
            decision = evidence_of_capture(
                verdict, Source.INQUIRY, opened.captureAmount, captureRequestId=opened.captureRequestId
            )
            payment = settle(payment, decision, NOW).payment
        _check(payment)


def _captured(payment: Payment, wanted: CaptureRequest) -> Payment:
    """Returns the payment after the request, unchanged where the request is refused."""
    try:
        refuse_capture(payment, wanted)
    except HoldfastError:
        return payment
    return request_capture(payment, wanted, NOW, Source.MERCHANT)


def _check(payment: Payment) -> None:
    for key in ("a", "b", "c"):
        tries = [each for each in payment.captures if each.key == key]
        assert sum(each.status is SUCCESS for each in tries) <= 1
        assert len({each.captureAmount for each in tries}) <= 1
        assert len({each.captureRequestId for each in tries}) == len(tries)
