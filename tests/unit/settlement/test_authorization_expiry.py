"""The expiry of an authorization and the time of the action before it, in every order of arrival."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.observation import ObservationKind
from holdfast.payment import Payment
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.authorization_expiry import action_time, certain_end, expiry_of
from settlement.evidence import Verdict
from settlement.gateway_record import GatewayRecord
from settlement.inquiry import accept_external_captures
from tests.support.settlement.evidence import (
    OPENED,
    PAYMENT_ID,
    attempt,
    payment_at,
    payment_evidence,
    request_id,
    settled,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SOURCES = (Source.PAY_RESPONSE, Source.NOTIFICATION, Source.INQUIRY)


class Report(NamedTuple):
    """A success that is settled at a moment, with the expiry and the payment time that it carries."""

    at: datetime
    expires: datetime | None
    source: Source = Source.NOTIFICATION
    paid: datetime | None = None


def after(payment: Payment, reports: Sequence[Report]) -> Payment:
    """Returns the payment with the reports settled in their order."""
    for report in reports:
        facts = {"authExpiryTime": report.expires, "paymentTime": report.paid}
        payment = settled(
            payment, payment_evidence(Verdict.SUCCEEDED, report.source, **facts), at=report.at
        ).payment
    return payment


def new_payment() -> Payment:
    return payment_at(S.AUTHORIZING)


def expected_action(reports: Sequence[Report]) -> datetime:
    """Returns the time of the action by the contract: an hour before, or after half of what was left."""
    moments = []
    for report in reports:
        if report.expires is not None:
            hour_before, rest = report.expires - HOUR, max(report.expires - report.at, timedelta(0))
            moments.append(max(hour_before, report.expires - rest / 2))
    return min(moments) if moments else reports[0].at + 7 * DAY - HOUR


moments = st.integers(1, 40 * 86_400).map(lambda seconds: OPENED + timedelta(seconds=seconds))
sources = st.sampled_from(SOURCES)


@given(arrivals=st.lists(moments, min_size=1, max_size=5).map(sorted), data=st.data())
def test_action_falls_before_the_earliest_expiry_known_in_any_order_of_arrival(
    arrivals: list[datetime], data: st.DataObject
) -> None:
    reports = [Report(at, data.draw(st.none() | moments), data.draw(sources)) for at in arrivals]
    known = [report.expires for report in reports if report.expires is not None]
    [learned] = after(new_payment(), reports).attempts
    assert action_time(learned) == expected_action(reports)
    assert learned.authExpiryTime == min(known, default=None)
    assert learned.latestAuthExpiryTime == max(known, default=None)
    assert action_time(learned) <= expiry_of(learned) <= certain_end(learned)


@given(expiries=st.lists(st.none() | moments, min_size=2, max_size=4), at=moments, source=sources)
def test_reports_in_every_order_have_the_same_result(
    expiries: list[datetime | None], at: datetime, source: Source
) -> None:
    orders = permutations([Report(at, expires, source) for expires in expiries])
    results = {after(new_payment(), order).attempt.model_dump_json() for order in orders}
    assert len(results) == 1


@given(first=moments, second=moments, at=moments, later=st.timedeltas(timedelta(0), 3 * DAY))
def test_further_report_never_delays_the_action(
    first: datetime, second: datetime, at: datetime, later: timedelta
) -> None:
    known = after(new_payment(), [Report(at, first)])
    more = after(known, [Report(at + later, second)])
    assert action_time(more.attempt) <= action_time(known.attempt)
    assert after(known, [Report(at + later, first)]).attempt == known.attempt, "a repeat adds nothing"


@pytest.mark.parametrize("status", [S.AUTHORIZED, S.CAPTURING, S.PARTIALLY_CAPTURED, S.CAPTURED])
@pytest.mark.parametrize("source", SOURCES)
def test_earlier_expiry_is_learned_in_every_status_of_an_authorization(status: S, source: Source) -> None:
    report = Report(OPENED + DAY, OPENED + 2 * DAY, source)
    learned = after(payment_at(status), [report])
    assert learned.status is status
    assert learned.authExpiryTime == learned.attempt.authExpiryTime == OPENED + 2 * DAY
    assert action_time(learned.attempt) == OPENED + 2 * DAY - HOUR


def test_payment_under_review_learns_the_expiry_with_the_success() -> None:
    authorized = after(payment_at(S.NEEDS_REVIEW), [Report(OPENED + DAY, OPENED + 2 * DAY)])
    assert (authorized.status, authorized.authExpiryTime) == (S.AUTHORIZED, OPENED + 2 * DAY)


def test_record_that_only_its_external_captures_are_taken_from_still_reports_the_expiry() -> None:
    evidence = payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY, authExpiryTime=OPENED + DAY)
    learned = accept_external_captures(payment_at(S.CAPTURING), GatewayRecord(payment=evidence), OPENED)
    assert (learned.status, learned.authExpiryTime) == (S.CAPTURING, OPENED + DAY)


@pytest.mark.parametrize(
    ("lifetime", "before"),
    [
        (7 * DAY, HOUR),
        (2 * HOUR, HOUR),
        (HOUR, HOUR / 2),
        (timedelta(0), timedelta(0)),
        (-HOUR, timedelta(0)),
    ],
)
def test_action_falls_an_hour_before_the_expiry_or_half_way_to_it(
    lifetime: timedelta, before: timedelta
) -> None:
    learned_at = OPENED + DAY
    learned = after(new_payment(), [Report(learned_at, learned_at + lifetime)])
    assert action_time(learned.attempt) == learned_at + lifetime - before


def test_known_expiry_replaces_the_documented_one_where_it_is_later() -> None:
    unknown = after(new_payment(), [Report(OPENED, None)])
    assert action_time(unknown.attempt) == OPENED + 7 * DAY - HOUR
    known = after(unknown, [Report(OPENED + DAY, OPENED + 30 * DAY)])
    assert action_time(known.attempt) == OPENED + 30 * DAY - HOUR


@pytest.mark.parametrize(
    ("paid", "begins"),
    [(None, 2 * DAY), (DAY, DAY), (-400 * DAY, timedelta(0)), (400 * DAY, 2 * DAY)],
)
def test_documented_expiry_counts_from_a_possible_payment_time(
    paid: timedelta | None, begins: timedelta
) -> None:
    paid_at = None if paid is None else OPENED + paid
    unknown = after(new_payment(), [Report(OPENED + 2 * DAY, None, paid=paid_at)])
    assert expiry_of(unknown.attempt) == OPENED + begins + 7 * DAY


def test_authorization_without_a_known_expiry_has_certainly_ended_after_the_longest_lifetime() -> None:
    unknown = after(new_payment(), [Report(OPENED + DAY, None)])
    assert certain_end(unknown.attempt) == OPENED + 32 * DAY


@pytest.mark.parametrize("before", [timedelta(0), HOUR, 400 * DAY])
@pytest.mark.parametrize("paid", [None, OPENED + HOUR])
def test_expiry_that_is_not_after_the_payment_counts_as_absent_and_sets_a_review(
    paid: datetime | None, before: timedelta
) -> None:
    at = OPENED + DAY
    learned = after(new_payment(), [Report(at, (paid or OPENED) - before, paid=paid)])
    assert (learned.status, learned.authExpiryTime) == (S.AUTHORIZED, None)
    assert expiry_of(learned.attempt) == (paid or at) + 7 * DAY
    assert learned.review is not None
    assert request_id() in learned.review.reason


@given(data=st.data())
def test_impossible_expiry_makes_no_difference_to_the_others_in_any_order(data: st.DataObject) -> None:
    paid, at = OPENED + HOUR, OPENED + 2 * HOUR
    good = [Report(at, OPENED + 3 * DAY, paid=paid), Report(at, OPENED + 2 * DAY, paid=paid)]
    bad = Report(at, paid - data.draw(st.timedeltas(timedelta(0), DAY)), paid=paid)
    learned = after(new_payment(), data.draw(st.permutations([*good, bad])))
    assert learned.attempt == after(new_payment(), good).attempt
    assert learned.review is not None


def test_payment_time_that_is_learned_later_refutes_an_expiry() -> None:
    known = after(new_payment(), [Report(OPENED + HOUR, OPENED + DAY)])
    refuted = after(known, [Report(OPENED + 2 * DAY, OPENED + 9 * DAY, paid=OPENED + DAY)])
    assert refuted.authExpiryTime == refuted.attempt.latestAuthExpiryTime == OPENED + 9 * DAY
    assert refuted.review is not None


def test_repeated_impossible_expiry_does_not_flag_again_after_an_operator_has_looked() -> None:
    bad = Report(OPENED + HOUR, OPENED - HOUR)
    looked_at = after(new_payment(), [bad]).model_copy(update={"review": None})
    again = after(looked_at, [bad, bad._replace(source=Source.INQUIRY)])
    assert again.review is None
    kinds = [each.kind for each in again.progress.observations]
    assert kinds == [ObservationKind.EXPIRY_BEFORE_PAYMENT]


def second_attempt() -> Payment:
    return payment_at(S.AUTHORIZED, attempts=(attempt(A.DECLINED), attempt(A.AUTHORIZED, 2)))


def test_expiry_of_a_former_attempt_is_kept_with_that_attempt() -> None:
    before = second_attempt()
    evidence = payment_evidence(
        Verdict.SUCCEEDED, Source.INQUIRY, paymentId=PAYMENT_ID, authExpiryTime=OPENED + 30 * DAY
    )
    after_success = settled(before, evidence, at=OPENED + DAY).payment
    former, current = after_success.attempts
    assert former.status is A.AUTHORIZED_AFTER_CLOSE
    assert certain_end(former) == OPENED + 30 * DAY
    assert current == before.attempts[1]
    assert after_success.authExpiryTime == before.authExpiryTime


def test_later_expiry_of_a_late_authorization_extends_its_certain_end() -> None:
    first = payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY, authExpiryTime=OPENED + 2 * DAY)
    second = first.model_copy(update={"authExpiryTime": OPENED + 30 * DAY})
    former = settled(second_attempt(), first, second, first).payment.attempts[0]
    assert (former.authExpiryTime, certain_end(former)) == (OPENED + 2 * DAY, OPENED + 30 * DAY)
