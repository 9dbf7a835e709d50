"""docs/operations/review-reasons.md explains every reason for which `settle` puts a payment under review."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from holdfast.antom.models import CaptureMode
from holdfast.payment import CaptureStatus, Payment
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import Verdict
from tests.support.settlement.evidence import (
    OPENED,
    PART,
    WHOLE,
    attempt,
    capture,
    capture_evidence,
    payment_at,
    payment_evidence,
    request_id,
    settled,
)

REASONS = Path(__file__).resolve().parents[3] / "docs" / "operations" / "review-reasons.md"
ROW = re.compile(r"^\| `(?P<reason>[^`]+)` \|", re.MULTILINE)
WRONG: list[dict[str, Any]] = [
    {},
    {"value": "1"},
    {"currency": "USD"},
    {"paymentId": "gateway-9"},
    {"paymentRequestId": "ORDER_2-1"},
    {"authExpiryTime": OPENED},
]


def payments() -> Iterator[Payment]:
    for status, mode in product(S, CaptureMode):
        yield payment_at(status, mode, review=None)
        second = payment_at(status).attempt.model_copy(
            update={"paymentRequestId": request_id(2), "paymentId": "gateway-2"}
        )
        yield payment_at(status, mode, review=None, attempts=(attempt(A.DECLINED), second))
        failed = capture(CaptureStatus.FAIL)
        taken = capture(CaptureStatus.SUCCESS, number=2)
        for captures in ((failed,), (failed, taken), (capture(CaptureStatus.PROCESSING),)):
            amount = WHOLE if taken in captures else None
            changes: dict[str, Any] = {"authorizedAmount": WHOLE, "capturedAmount": amount}
            yield payment_at(status, mode, review=None, captures=captures, **changes)


@cache
def reasons() -> set[str]:
    found = set()
    for payment, verdict, source in product(payments(), Verdict, [Source.NOTIFICATION, Source.INQUIRY]):
        claims: list[Any] = [payment_evidence(verdict, source, **wrong) for wrong in WRONG]
        claims += [capture_evidence(verdict, source, **wrong) for wrong in WRONG[:4]]
        claims += [capture_evidence(verdict, source, PART, captureRequestId="foreign")]
        claims += [capture_evidence(verdict, source, captureRequestId="gateways-1")]
        for claim in claims:
            after = settled(payment, claim).payment
            found |= {after.review.reason} if after.review else set()
    return found


def explained() -> list[re.Pattern[str]]:
    """Returns a pattern for each row; `...` and CODE match any text, and a capture id may follow."""
    rows = ROW.findall(REASONS.read_text(encoding="utf-8"))
    anything = re.compile(r"\\\.\\\.\\\.|\bCODE\b")
    return [re.compile(anything.sub(".+", re.escape(row)) + r"(: \S+)?") for row in rows]


def test_every_review_reason_is_documented() -> None:
    rows, found = explained(), reasons()
    assert len(found) > 12
    missing = sorted(reason for reason in found if not any(row.fullmatch(reason) for row in rows))
    assert missing == []


@pytest.mark.parametrize(
    "reason", ["a failure after a success", "captures add up to more than is authorized"]
)
def test_search_for_review_reasons_finds_rare_ones(reason: str) -> None:
    assert any(found.startswith(reason) for found in reasons())
