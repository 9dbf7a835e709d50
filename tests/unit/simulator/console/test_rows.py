"""The rows and the texts of the console."""

from datetime import timedelta

import pytest

from simulator.console.clock_form import ClockError, offset_text, parse_step
from simulator.console.exchange_view import ExchangeView, readable
from simulator.console.notification_rows import AttemptView
from simulator.console.rows import CallRow, MovementRow, duration_text
from simulator.web.result_words import reason

CALL = {
    "at": "2026-07-01T10:00:00+00:00",
    "operation": "capture",
    "captureRequestId": "c1",
    "paymentId": "1",
    "id": "call-1",
    "durationMs": 12.3,
    "status": 200,
}


@pytest.mark.parametrize(
    ("answer", "text", "tone"),
    [
        ({"resultCode": "SUCCESS", "resultStatus": "S"}, "Success", "good"),
        ({"resultCode": "DO_NOT_HONOR", "resultStatus": "F"}, "F DO_NOT_HONOR", "bad"),
        ({"resultCode": "UNKNOWN_EXCEPTION", "resultStatus": "U"}, "U UNKNOWN_EXCEPTION", "wait"),
        ({"resultCode": "SUCCESS", "resultStatus": "S", "status": None}, "Success, answer lost", "wait"),
        ({"resultCode": "SUCCESS", "resultStatus": "S", "status": 500}, "Success, sent as HTTP 500", "wait"),
        ({}, "No answer", "bad"),
        ({"durationMs": None}, "Under way", "wait"),
    ],
)
def test_result_of_a_call_has_words_and_a_tone(answer: dict[str, object], text: str, tone: str) -> None:
    row = CallRow.of({**CALL, **answer})
    assert (row.result.text, row.result.tone) == (text, tone)
    assert (row.title, row.about, row.at) == ("Capture", "c1", "1 Jul 10:00:00")


def test_fault_of_a_call_is_named_by_its_title() -> None:
    assert CallRow.of({**CALL, "fault": "act_and_drop"}).fault == "Lost answer"
    assert CallRow.of(CALL).fault == ""


def test_movement_without_money_has_no_amount() -> None:
    event = {"at": "2026-07-01T10:00:00+00:00", "currency": "JPY", "paymentRequestId": "a/b", "amount": 0}
    row = MovementRow.of({**event, "kind": "DECLINED"})
    assert (row.text, row.amount, row.payment_url) == ("Declined", "", "/console/payments/a%2Fb")
    taken = MovementRow.of({**event, "kind": "CAPTURED", "amount": 1200, "captureRequestId": "AUTO1"})
    assert (taken.text, taken.amount, taken.capture) == ("Money taken", "JPY 1200", "by the gateway itself")


@pytest.mark.parametrize(
    ("exchange", "duration", "outcome"),
    [
        ({"status": 200}, 5.0, ""),
        ({"abortedAfter": 0}, 5.0, "A fault ended the connection before anything was sent."),
        (
            {"abortedAfter": 90, "status": 200},
            5.0,
            "A fault ended the connection after 90 bytes of the body.",
        ),
        ({"error": "ConnectError"}, 5.0, "No answer arrived: ConnectError."),
        ({}, None, "There is no answer yet."),
    ],
)
def test_answer_that_is_not_complete_is_explained(
    exchange: dict[str, object], duration: float | None, outcome: str
) -> None:
    assert ExchangeView.of({"method": "POST", "path": "/x", **exchange}, duration).outcome == outcome


def test_body_that_is_json_is_indented_and_any_other_is_unchanged() -> None:
    assert readable('{"a":"ü"}') == '{\n  "a": "ü"\n}'
    assert readable("<html>") == "<html>"


@pytest.mark.parametrize(
    ("attempt", "kind", "answer"),
    [
        ({"answer": 200, "acknowledged": True}, "Sent by the simulator", "HTTP 200, acknowledged"),
        ({"answer": 503, "resent": True}, "Sent by hand", "HTTP 503, not acknowledged"),
        ({"answer": "ConnectError"}, "Sent by the simulator", "ConnectError"),
        ({"answer": None}, "Sent by the simulator", "Under way"),
    ],
)
def test_attempt_says_who_sent_it_and_what_came_back(
    attempt: dict[str, object], kind: str, answer: str
) -> None:
    view = AttemptView.of({"at": "2026-07-01T10:00:00+00:00", **attempt})
    assert (view.kind, view.answer.text) == (kind, answer)


@pytest.mark.parametrize(
    ("duration", "text"), [(0.2, "under 1 ms"), (12.4, "12 ms"), (3210, "3.2 s"), (None, "")]
)
def test_duration_has_a_unit(duration: float | None, text: str) -> None:
    assert duration_text(duration) == text


def test_step_of_the_clock_has_a_unit_and_an_end() -> None:
    assert parse_step({"amount": "1.5", "unit": "hours"}) == timedelta(minutes=90)
    with pytest.raises(ClockError, match="by 366 days at most"):
        parse_step({"amount": "367", "unit": "days"})
    with pytest.raises(ClockError, match="forward only"):
        parse_step({"amount": "nan", "unit": "days"})


@pytest.mark.parametrize(
    ("offset", "text"),
    [
        (timedelta(), ""),
        (timedelta(seconds=30), "seconds ahead"),
        (timedelta(days=1, hours=2, minutes=1), "1 day 2 hours 1 minute ahead"),
    ],
)
def test_offset_of_the_clock_is_in_words(offset: timedelta, text: str) -> None:
    assert offset_text(offset) == text


def test_code_without_a_sentence_is_named() -> None:
    assert reason("DO_NOT_HONOR") == "The bank declined the card."
    assert reason("SOME_CODE") == "The gateway gives the reason “some code”."
