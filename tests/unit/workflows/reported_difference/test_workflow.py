"""The difference workflow accepts an acknowledgement and refuses every other resolution."""

from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from holdfast import Outcome, Resolution
from holdfast.difference_kind import DifferenceKind
from holdfast.reconciliation.difference import Difference, DifferenceNotice
from workflows.reported_difference.workflow import DifferenceReview

NOTICE = DifferenceNotice(
    merchantAccount="default",
    paymentReference="ORDER_1",
    foundAt=datetime(2026, 11, 23, 12, tzinfo=UTC),
    difference=Difference(
        kind=DifferenceKind.UNKNOWN_HOLD,
        paymentRequestId="ORDER_1-1",
        holdfastState="CANCELLED",
        gatewayState="SUCCEEDED EUR 300.00",
    ),
)
FIELDS = {"resolvedBy": "ops-7", "reason": "voided by hand", "evidence": "dashboard, 14:02"}


def test_acknowledgement_is_recorded_in_the_notice() -> None:
    resolution: Any = {"outcome": "ACKNOWLEDGED", **FIELDS}
    notice: Any = DifferenceReview(NOTICE).resolve(resolution)
    assert notice.resolution == Resolution(outcome=Outcome.ACKNOWLEDGED, **FIELDS)
    assert notice.difference == NOTICE.difference


@pytest.mark.parametrize("request_fields", [None, {}, {"outcome": "SUCCEEDED", **FIELDS}, "yesterday"])
def test_other_resolution_is_refused_as_invalid_request(request_fields: Any) -> None:
    review = DifferenceReview(NOTICE)
    with pytest.raises(ApplicationError) as refused:
        review.resolve(request_fields)
    assert (refused.value.type, refused.value.non_retryable) == ("InvalidRequest", True)
