"""The merchant's key of a capture or a retry: what it repeats, and the payment after the repeat."""

import pytest

from holdfast import AmountExceedsAuthorization, CaptureInProgress, InvalidState
from holdfast.antom.amounts import Amount
from holdfast.order import CaptureRequest
from holdfast.payment import Capture, CaptureStatus
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.commands import refuse_capture, refuse_retry, request_capture, start_attempt
from tests.support.settlement.evidence import NOW, PART, WHOLE, capture, payment_at


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
