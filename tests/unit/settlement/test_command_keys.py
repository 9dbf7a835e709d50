"""The merchant's key of a capture or a retry: what it repeats, and the payment after the repeat."""

import pytest

from holdfast import AmountExceedsAuthorization, CaptureInProgress, InvalidState
from holdfast.antom.amounts import Amount
from holdfast.order import CaptureRequest
from holdfast.payment import Capture, CaptureStatus, Payment
from holdfast.repeated_requests import is_capture_repeated
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.commands import refuse_capture, refuse_retry, request_capture, start_attempt
from settlement.evidence import Verdict
from tests.support.settlement.evidence import (
    NOW,
    PART,
    REST,
    WHOLE,
    capture,
    capture_evidence,
    payment_at,
    settled,
)


def keyed(status: CaptureStatus, amount: Amount = PART) -> Capture:
    return capture(status, amount, last=False).model_copy(update={"key": "parcel-1"})


@pytest.mark.parametrize("status", S)
def test_key_of_a_successful_capture_is_possible_in_every_status_and_changes_nothing(status: S) -> None:
    payment = payment_at(status, captures=(keyed(CaptureStatus.SUCCESS),))
    request = CaptureRequest(captureAmount=PART, key="parcel-1")
    refuse_capture(payment, request)
    assert request_capture(payment, request, NOW, Source.MERCHANT) == payment


@pytest.mark.parametrize("amount", [PART, None])
def test_key_of_a_failed_capture_captures_its_amount_under_a_new_id(amount: Amount | None) -> None:
    failed = keyed(CaptureStatus.FAIL, PART if amount else WHOLE)
    payment = payment_at(S.AUTHORIZED, captures=(failed,))
    request = CaptureRequest(captureAmount=amount, isLastCapture=False, key="parcel-1")
    refuse_capture(payment, request)
    again = request_capture(payment, request, NOW, Source.MERCHANT).open_capture
    assert again is not None
    assert (again.captureRequestId, again.captureAmount) == ("ORDER_1-c2", failed.captureAmount)
    assert again.key == "parcel-1"


def test_key_of_a_failed_capture_above_the_remainder_is_refused() -> None:
    done = capture(CaptureStatus.SUCCESS, PART, 2, last=False)
    payment = payment_at(S.PARTIALLY_CAPTURED, captures=(keyed(CaptureStatus.FAIL, WHOLE), done))
    with pytest.raises(AmountExceedsAuthorization):
        refuse_capture(payment, CaptureRequest(key="parcel-1"))


@pytest.mark.parametrize(("key", "refusal"), [("parcel-1", None), ("parcel-2", CaptureInProgress)])
def test_request_with_another_key_does_not_join_the_open_capture(
    key: str, refusal: type[InvalidState] | None
) -> None:
    open_capture = keyed(CaptureStatus.PROCESSING, WHOLE)
    capturing = payment_at(S.CAPTURING, captures=(open_capture.model_copy(update={"isLastCapture": True}),))
    if refusal is None:
        refuse_capture(capturing, CaptureRequest(key=key))
        return
    with pytest.raises(refusal):
        refuse_capture(capturing, CaptureRequest(key=key))


@pytest.mark.parametrize("status", S)
def test_retry_with_the_key_of_an_attempt_is_possible_in_every_status(status: S) -> None:
    first = payment_at(status).attempt.model_copy(update={"key": "card-1"})
    payment = payment_at(status, attempts=(first,))
    refuse_retry(payment, "card-1", is_unconfirmed=True)
    if status is not S.DECLINED:
        with pytest.raises(InvalidState):
            refuse_retry(payment, "card-2")
        return
    assert start_attempt(payment, NOW, "card-2").attempt.key == "card-2"


def _found(request_id: str) -> Payment:
    """Returns an authorized payment of which an inquiry has reported a capture that it did not request."""
    listed = capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, PART, captureRequestId=request_id)
    return settled(payment_at(S.AUTHORIZED), listed).payment


@pytest.mark.parametrize(
    ("request_id", "is_forgotten"),
    [
        ("ORDER_1-c1", True),
        ("ORDER_1-c12", True),
        ("by-hand", False),
        ("ORDER_1-c0", False),
        ("ORDER_1-c1-c1", False),
        ("ORDER_12-c1", False),
        ("ORDER_1-1", False),
    ],
)
def test_capture_under_an_own_request_id_is_a_forgotten_one(request_id: str, *, is_forgotten: bool) -> None:
    payment = _found(request_id)
    assert payment.captures[0].isForgotten is is_forgotten
    assert payment.review is not None


def test_forgotten_capture_is_adopted_by_one_key() -> None:
    payment = _found("ORDER_1-c1")
    request = CaptureRequest(captureAmount=PART, isLastCapture=False, key="parcel-1")
    refuse_capture(payment, request)
    adopted = request_capture(payment, request, NOW, Source.MERCHANT)
    assert [(c.captureRequestId, c.key, c.status) for c in adopted.captures] == [
        ("ORDER_1-c1", "parcel-1", CaptureStatus.SUCCESS)
    ]
    assert (adopted.status, adopted.review) == (payment.status, payment.review)
    assert request_capture(adopted, request, NOW, Source.MERCHANT) == adopted
    other = request_capture(adopted, request.model_copy(update={"key": "parcel-2"}), NOW, Source.MERCHANT)
    assert other.open_capture is not None
    assert other.open_capture.captureRequestId == "ORDER_1-c2"


def test_capture_in_the_dashboard_is_not_adopted() -> None:
    request = CaptureRequest(captureAmount=PART, isLastCapture=False, key="parcel-1")
    after = request_capture(_found("by-hand"), request, NOW, Source.MERCHANT)
    assert after.open_capture is not None
    assert after.open_capture.key == "parcel-1"


@pytest.mark.parametrize(("key", "amount"), [(None, PART), ("parcel-1", REST)])
def test_request_without_key_or_of_another_amount_adopts_no_forgotten_capture(
    key: str | None, amount: Amount
) -> None:
    request = CaptureRequest(captureAmount=amount, isLastCapture=False, key=key)
    after = request_capture(_found("ORDER_1-c1"), request, NOW, Source.MERCHANT)
    assert after.open_capture is not None


@pytest.mark.parametrize(("amount", "is_answered"), [(PART, False), (WHOLE, True)])
def test_forgotten_capture_answers_after_the_end_only_where_everything_is_captured(
    amount: Amount, *, is_answered: bool
) -> None:
    """Where a remainder was released, the request can be for the part that was never captured."""
    forgotten = capture(CaptureStatus.SUCCESS, amount, last=False).model_copy(update={"isForgotten": True})
    ended = payment_at(S.CAPTURED, captures=(forgotten,))
    request = CaptureRequest(captureAmount=amount, isLastCapture=False, key="parcel-1")
    assert is_capture_repeated(ended, request) is is_answered
