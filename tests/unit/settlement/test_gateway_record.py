"""The record of an inquiry lists captures, and proves which captures are missing."""

import pytest

from holdfast.source import Source
from settlement.evidence import Verdict
from settlement.gateway_record import GatewayRecord
from tests.support.settlement.evidence import capture_evidence, capture_id, payment_evidence

KNOWN = capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, captureRequestId=capture_id(1))


def record(verdict: Verdict) -> GatewayRecord:
    return GatewayRecord(payment=payment_evidence(verdict, Source.INQUIRY), captures=(KNOWN,))


@pytest.mark.parametrize("verdict", Verdict)
def test_listed_capture_is_never_missed(verdict: Verdict) -> None:
    assert record(verdict).has_capture(capture_id(1))
    assert not record(verdict).lacks_capture(capture_id(1))


@pytest.mark.parametrize("verdict", Verdict)
def test_unlisted_capture_is_missed_where_the_gateway_knows_the_payment(verdict: Verdict) -> None:
    knows_payment = verdict not in (Verdict.ABSENT, Verdict.UNCLEAR)
    assert not record(verdict).has_capture(capture_id(2))
    assert record(verdict).lacks_capture(capture_id(2)) is knows_payment


def test_claims_begin_with_the_payment() -> None:
    found = record(Verdict.SUCCEEDED)
    assert found.evidence == (found.payment, KNOWN)


def test_record_is_unchanged_after_serialization() -> None:
    found = record(Verdict.SUCCEEDED)
    assert GatewayRecord.model_validate_json(found.model_dump_json()) == found
