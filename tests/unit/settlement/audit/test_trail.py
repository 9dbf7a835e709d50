"""The audit trail of a payment keeps its beginning, its end, and the number of lines in between."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from holdfast.observation import ObservationKind
from holdfast.payment import Payment
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.apply_event import apply_event
from settlement.audit.trail import FIRST_LINES, MAX_LINES, MAX_OBSERVATIONS, append_event, append_once
from settlement.evidence import Verdict
from settlement.mismatch import observed
from tests.support.settlement.evidence import NOW, payment_at, payment_evidence


def _at(number: int) -> datetime:
    return NOW + timedelta(seconds=number)


def _after(payment: Payment, number: int) -> Payment:
    """Returns the payment with one more line: of an observation, of a transition, or of any other kind."""
    at, source = _at(number), Source.NOTIFICATION
    match number % 4:
        case 0:
            return apply_event(payment, Event.CAPTURE_REQUESTED, at, source)
        case 1:
            return apply_event(payment, Event.CAPTURE_FAILED, at, source)
        case 2:
            evidence = payment_evidence(Verdict.SUCCEEDED, resultCode=f"CODE_{number}")
            return append_once(payment, observed(payment, evidence, ObservationKind.OTHER_AMOUNT), at)
        case _:
            return append_event(payment, at, source, code=None, detail="text")


@given(st.integers(0, 3 * MAX_LINES))
def test_lines_of_every_kind_are_counted(number: int) -> None:
    payment = payment_at(S.AUTHORIZED).model_copy(update={"events": ()})
    for line in range(number):
        payment = _after(payment, line)
    left_out = payment.progress.omittedLines
    assert len(payment.events) <= MAX_LINES
    assert len(payment.events) - bool(left_out) + left_out == number


def _with_lines(number: int) -> Payment:
    payment = payment_at(S.AUTHORIZED).model_copy(update={"events": ()})
    for line in range(number):
        payment = append_event(payment, _at(line), Source.NOTIFICATION, code=None, detail=f"line {line}")
    return payment


@given(st.integers(0, 3 * MAX_LINES))
def test_lines_that_are_kept_and_left_out_add_up(number: int) -> None:
    payment = _with_lines(number)
    left_out = payment.progress.omittedLines
    assert len(payment.events) <= MAX_LINES
    assert len(payment.events) - bool(left_out) + left_out == number


def test_middle_of_a_long_trail_is_one_line_with_its_number_and_its_last_time() -> None:
    payment = _with_lines(5_000)
    last = MAX_LINES - FIRST_LINES - 1
    details = [line.detail for line in payment.events]
    assert details[:FIRST_LINES] == [f"line {number}" for number in range(FIRST_LINES)]
    assert details[-last:] == [f"line {number}" for number in range(5_000 - last, 5_000)]
    gap = payment.events[FIRST_LINES]
    assert gap.detail == f"{5_000 - FIRST_LINES - last} lines are left out here"
    assert (gap.at, gap.event) == (_at(5_000 - last - 1), None)


def test_observations_of_notifications_make_room_for_later_ones() -> None:
    payment = payment_at(S.AUTHORIZED)
    kind = ObservationKind.OTHER_AMOUNT
    inquired = observed(payment, payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY), kind)
    payment = append_once(payment, inquired, NOW)
    for number in range(2 * MAX_OBSERVATIONS):
        evidence = payment_evidence(Verdict.SUCCEEDED, resultCode=f"CODE_{number}")
        payment = append_once(payment, observed(payment, evidence, kind), NOW)
    observations = payment.progress.observations
    assert len(observations) == MAX_OBSERVATIONS
    assert observations[0] == inquired
    assert observations[-1].resultCode == f"CODE_{2 * MAX_OBSERVATIONS - 1}"
