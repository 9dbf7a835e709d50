"""Each kind of update has a share, and all shares together stay below the server's limit."""

import pytest

from holdfast import CaptureRequest, RateLimited
from holdfast.order import RetryRequest
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from tests.support.settlement.evidence import PART, attempt, payment_at
from workflows.card_payment.update_budget import (
    SERVER_LIMIT,
    SHARES,
    UpdateBudget,
    UpdateKind,
    cancellation_kind,
    capture_kind,
    retry_kind,
)

IN_FLIGHT = 10
"""As many as the updates that a server accepts in flight; it counts them before they are accepted."""


def test_all_shares_stay_below_the_limit_of_the_server() -> None:
    assert set(SHARES) == set(UpdateKind)
    assert sum(SHARES.values()) + IN_FLIGHT < SERVER_LIMIT


@pytest.mark.parametrize("kind", UpdateKind)
def test_used_up_share_refuses_its_kind_and_no_other(kind: UpdateKind) -> None:
    budget = UpdateBudget()
    for _ in range(SHARES[kind]):
        budget.refuse_excess(kind)
        budget.count(kind)
    with pytest.raises(RateLimited, match=f"^{kind}: the {SHARES[kind]} updates of this payment"):
        budget.refuse_excess(kind)
    for other in set(UpdateKind) - {kind}:
        budget.refuse_excess(other)


def test_request_that_changes_nothing_is_a_repeat() -> None:
    assert capture_kind(payment_at(S.AUTHORIZED), CaptureRequest()) is UpdateKind.COMMAND
    assert capture_kind(payment_at(S.CAPTURING), CaptureRequest()) is UpdateKind.REPEAT
    assert capture_kind(payment_at(S.CAPTURING), CaptureRequest(captureAmount=PART)) is UpdateKind.COMMAND
    declined = payment_at(S.DECLINED, attempts=(attempt(A.DECLINED, key="card-1"),))
    for key, kind in (("card-1", UpdateKind.REPEAT), ("card-2", UpdateKind.COMMAND)):
        retry = RetryRequest.model_validate({"paymentMethod": {"paymentMethodType": "CARD"}, "key": key})
        assert retry_kind(declined, retry) is kind


@pytest.mark.parametrize("status", S)
def test_cancel_of_a_payment_that_is_being_cancelled_is_a_repeat(status: S) -> None:
    is_repeated = status in {S.CANCELLING, S.CANCELLED}
    expected = UpdateKind.REPEATED_CANCELLATION if is_repeated else UpdateKind.CANCELLATION
    assert cancellation_kind(payment_at(status)) is expected
