"""PaymentClient sends the merchant's key of a capture or an attempt, and answers it after the end."""

from typing import Any

import pytest
from temporalio.service import RPCStatusCode

from holdfast import AlreadyCaptured, InvalidRequest, Payment, PaymentEnded, RateLimited
from holdfast.payment import CaptureStatus
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from tests.support.fake_temporal import Temporal, Untouchable, client_of, raises, refused, rpc_error
from tests.support.settlement.evidence import PART, WHOLE, attempt, capture, payment_at

CARD: dict[str, object] = {"paymentMethodType": "CARD"}
ENDED = rpc_error(RPCStatusCode.NOT_FOUND, "workflow execution already completed")


async def test_each_call_with_a_key_has_a_new_update_id() -> None:
    """Temporal would answer a repeated update id with its first result, a failed capture for example."""
    temporal = Temporal(update=raises(then=payment_at(S.PARTIALLY_CAPTURED)))
    pay = client_of(temporal)
    for _ in range(2):
        await pay.capture("ORDER_1", PART, key="parcel-1")
        await pay.retry("ORDER_1", CARD, key="card-2")
    assert len(set(temporal.update_ids)) == 4
    assert {request.key for _, (request,) in temporal.calls} == {"parcel-1", "card-2"}


@pytest.mark.parametrize("key", ["", "x" * 65, "a b", "a/b", "\ud800", "naïve", 7, b"first"])
async def test_call_with_an_invalid_key_sends_nothing_to_temporal(key: Any) -> None:
    pay = client_of(Untouchable())
    for call in (pay.capture("ORDER_1", PART, key=key), pay.retry("ORDER_1", CARD, key=key)):
        with pytest.raises(InvalidRequest, match=r"^key: "):
            await call


def _captured(*keys: str | None) -> Payment:
    captures = tuple(
        capture(CaptureStatus.SUCCESS, PART, number).model_copy(update={"key": key})
        for number, key in enumerate(keys, 1)
    )
    return payment_at(S.CAPTURED, captures=captures, capturedAmount=PART)


@pytest.mark.parametrize("error", [refused("AlreadyCaptured"), refused("RateLimited"), ENDED])
async def test_key_of_a_captured_payment_is_answered_from_the_payment(error: Exception) -> None:
    payment = _captured("parcel-1", "parcel-2")
    pay = client_of(Temporal(update=raises(error), payment=payment))
    for key in ("parcel-1", "parcel-2"):
        assert await pay.capture("ORDER_1", PART, is_last_capture=False, key=key) == payment
        with pytest.raises(InvalidRequest, match="key: belongs to a capture with another captureAmount"):
            await pay.capture("ORDER_1", WHOLE, key=key)
    with pytest.raises(AlreadyCaptured):
        await pay.capture("ORDER_1", PART, key="parcel-3")


@pytest.mark.parametrize("error", [refused("PaymentEnded"), refused("RateLimited"), ENDED])
async def test_key_of_an_attempt_is_answered_from_the_payment(error: Exception) -> None:
    payment = payment_at(S.FAILED, attempts=(attempt(A.DECLINED), attempt(A.DECLINED, 2, key="card-2")))
    pay = client_of(Temporal(update=raises(error), payment=payment))
    assert await pay.retry("ORDER_1", CARD, key="card-2") == payment
    for key in ("card-3", None):
        with pytest.raises((PaymentEnded, RateLimited)):
            await pay.retry("ORDER_1", CARD, key=key)
