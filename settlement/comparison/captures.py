"""Compares the captures of a payment with the gateway's record, matched by `captureRequestId`."""

from collections import Counter
from collections.abc import Iterator

from holdfast.antom.models import CaptureMode
from holdfast.difference_kind import DifferenceKind as K
from holdfast.payment import Attempt, Capture, CaptureStatus, Payment
from holdfast.reconciliation.difference import Difference
from settlement.evidence import CaptureEvidence, Verdict
from settlement.gateway_record import GatewayRecord
from settlement.markdown import displayed_amount
from settlement.mismatch import amount_mismatch

_FAILED = frozenset({Verdict.FAILED, Verdict.CANCELLED})
_NONE = "no such capture"


def capture_differences(payment: Payment, attempt: Attempt, record: GatewayRecord) -> Iterator[Difference]:
    """Yields the differences in the captures of one attempt's payment."""
    known = {capture.captureRequestId: capture for capture in payment.captures}
    is_current = attempt is payment.attempt
    for evidence in record.captures:
        capture = known.get(evidence.captureRequestId or "")
        if capture is not None:
            yield from _known(capture, evidence, record)
        elif not (is_current and _is_expected(payment, evidence)):
            yield from _unknown(evidence, record)
    if is_current:
        yield from _missing(payment, record)
    yield from _captured_twice(record)


def _is_expected(payment: Payment, evidence: CaptureEvidence) -> bool:
    """Returns whether the gateway is capturing an AUTOMATIC payment, under an id that it makes."""
    is_automatic = payment.captureMode is CaptureMode.AUTOMATIC
    has_one = any(capture.status is not CaptureStatus.FAIL for capture in payment.captures)
    return is_automatic and not has_one and evidence.verdict is Verdict.IN_PROCESS


def _unknown(evidence: CaptureEvidence, record: GatewayRecord) -> Iterator[Difference]:
    if evidence.verdict not in _FAILED:
        yield _difference(K.UNKNOWN_CAPTURE, record, evidence, _NONE)


def _known(capture: Capture, evidence: CaptureEvidence, record: GatewayRecord) -> Iterator[Difference]:
    if amount_mismatch(capture.captureAmount, evidence):
        yield _difference(K.AMOUNT, record, evidence, f"{capture.status} {capture.captureAmount.display}")
    kind = _disagreement(capture, evidence.verdict)
    if kind is not None:
        yield _difference(kind, record, evidence, capture.status)


def _disagreement(capture: Capture, verdict: Verdict) -> K | None:
    if verdict is Verdict.SUCCEEDED:
        unknown = {CaptureStatus.FAIL: K.UNKNOWN_CAPTURE, CaptureStatus.PROCESSING: K.STATUS}
        return unknown.get(capture.status)
    if verdict in _FAILED:
        lost = {CaptureStatus.SUCCESS: K.LOST_CAPTURE, CaptureStatus.PROCESSING: K.STATUS}
        return lost.get(capture.status)
    return None if capture.status is CaptureStatus.PROCESSING else K.STATUS


def _missing(payment: Payment, record: GatewayRecord) -> Iterator[Difference]:
    listed = {evidence.captureRequestId for evidence in record.captures}
    for capture in payment.captures:
        if capture.status is CaptureStatus.SUCCESS and capture.captureRequestId not in listed:
            yield Difference(
                kind=K.LOST_CAPTURE,
                paymentRequestId=record.request_id,
                captureRequestId=capture.captureRequestId,
                paymentId=record.payment.paymentId,
                holdfastState=f"{capture.status} {capture.captureAmount.display}",
                gatewayState=_NONE,
            )


def _captured_twice(record: GatewayRecord) -> Iterator[Difference]:
    """Yields a difference for each capture id of which the record lists more than one success."""
    taken = [evidence for evidence in record.captures if evidence.verdict is Verdict.SUCCEEDED]
    times = Counter(evidence.captureRequestId for evidence in taken)
    for evidence in {evidence.captureRequestId: evidence for evidence in taken}.values():
        if times[evidence.captureRequestId] > 1:
            yield _difference(K.UNKNOWN_CAPTURE, record, evidence, "one capture of this id")


def _difference(kind: K, record: GatewayRecord, evidence: CaptureEvidence, known_state: str) -> Difference:
    amount = displayed_amount(evidence)
    return Difference(
        kind=kind,
        paymentRequestId=record.request_id,
        captureRequestId=evidence.captureRequestId,
        paymentId=record.payment.paymentId,
        holdfastState=known_state,
        gatewayState=f"{evidence.verdict} {amount}" if amount else evidence.verdict,
    )
