"""The summary and the details of a late notification in the Temporal UI."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.temporal.connection import data_converter
from settlement.evidence import Verdict
from settlement.notification.late_notice import LateNotice
from settlement.notification.late_notice_text import details, summary
from settlement.notification.verified_notification import VerifiedNotification
from tests.support.settlement.evidence import NOW, capture_evidence, payment_evidence


def notice(**fields: Any) -> LateNotice:
    facts: dict[str, Any] = {
        "merchantAccount": "default",
        "paymentReference": "ORDER_1",
        "notifyType": "PAYMENT_RESULT",
        "reason": "payment has ended",
        "receivedAt": NOW,
    }
    return LateNotice(**(facts | fields))


def signal(evidence: Any) -> VerifiedNotification:
    return VerifiedNotification(
        merchantAccount="default", notifyType="PAYMENT_RESULT", receivedAt=NOW, evidence=evidence
    )


def test_summary_names_type_payment_and_reason() -> None:
    assert summary(notice()) == "PAYMENT_RESULT · ORDER_1 · payment has ended"
    assert summary(notice(notifyType=None, paymentReference=None)) == "notification · payment has ended"


def test_details_name_every_known_field() -> None:
    kept = notice(facts=signal(payment_evidence(Verdict.SUCCEEDED)), needsReview=False)
    lines = details(kept).splitlines()
    assert lines == [
        "**payment has ended**",
        "- Merchant account: `default`",
        "- Payment: `ORDER_1`",
        "- Type: `PAYMENT_RESULT`",
        "- Received: `2026-01-31 12:05:00 UTC`",
        "- Outcome: `SUCCEEDED SUCCESS`",
        "- Amount: `EUR 300.00`",
        "- paymentRequestId: `ORDER_1-1`",
        "- paymentId: `gateway-1`",
    ]


def test_details_say_what_a_person_has_to_do() -> None:
    assert "Compare it with the gateway's dashboard" in details(notice(needsReview=True))
    assert "dashboard" not in details(notice(needsReview=False))


def test_details_of_a_capture_name_its_request_id() -> None:
    text = details(notice(facts=signal(capture_evidence(Verdict.FAILED, resultCode=None))))
    assert "- captureRequestId: `ORDER_1-c1`" in text
    assert "- Outcome: `FAILED`" in text


def test_details_name_the_decision_of_a_risk_review() -> None:
    """The payment may have ended as captured: an operator has to see the rejection."""
    text = details(notice(facts=signal(payment_evidence(Verdict.UNCLEAR, authReviewStatus="REJECT"))))
    assert "- Risk review: `REJECT`" in text


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"currency": "KWD", "value": "1234"}, "- Amount: `KWD 1234 in minor units`"),
        ({"currency": "EUR", "value": "12.5"}, "- Amount: `EUR 12.5 in minor units`"),
        ({"currency": "JPY", "value": "300"}, "- Amount: `JPY 300`"),
    ],
)
def test_invalid_amount_is_shown_unformatted(fields: dict[str, Any], line: str) -> None:
    assert line in details(notice(facts=signal(payment_evidence(Verdict.SUCCEEDED, **fields)))).splitlines()


@pytest.mark.parametrize("missing", ["currency", "value"])
def test_missing_fields_are_left_out(missing: str) -> None:
    fields: dict[str, Any] = {missing: None, "paymentId": None}
    text = details(notice(paymentReference=None, facts=signal(payment_evidence(Verdict.SUCCEEDED, **fields))))
    for name in ("Amount", "paymentId", "Payment:"):
        assert f"- {name}" not in text
    assert "\n\n" not in text


def test_time_of_receipt_is_shown_in_utc() -> None:
    singapore = datetime(2026, 1, 31, 20, 5, tzinfo=timezone(timedelta(hours=8)))
    assert "- Received: `2026-01-31 12:05:00 UTC`" in details(notice(receivedAt=singapore))


@pytest.mark.parametrize("text", ["<script>", "`code`", "**bold**", "[link](https://x)", "a\nb", "|"])
def test_external_text_is_escaped(text: str) -> None:
    odd = notice(
        paymentReference=text,
        notifyType=text,
        reason=text,
        facts=signal(
            payment_evidence(Verdict.SUCCEEDED, resultCode=text, paymentId=text, paymentRequestId=text)
        ),
    )
    for shown in (summary(odd), details(odd)):
        assert text not in shown


@given(text=st.text(max_size=300))
def test_length_and_number_of_lines_are_limited(text: str) -> None:
    odd = notice(paymentReference=text, facts=signal(payment_evidence(Verdict.SUCCEEDED, resultCode=text)))
    assert summary(odd).isprintable()
    assert len(summary(odd)) <= 200
    assert 7 <= len(details(odd).splitlines()) <= 10
    assert max(map(len, details(odd).splitlines())) <= 100


def test_notice_is_unchanged_after_serialization() -> None:
    late = notice(facts=signal(capture_evidence(Verdict.SUCCEEDED)))
    converter = data_converter().payload_converter
    assert converter.from_payloads(converter.to_payloads([late]), [LateNotice]) == [late]
