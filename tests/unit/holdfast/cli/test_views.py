"""What a person reads: every status has a sentence, amounts have their currency, and no value is cut off."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console, RenderableType

from holdfast.cli.output import OneLine, show
from holdfast.cli.review_entries import ReviewEntry
from holdfast.cli.views.payment_panel import payment_panel
from holdfast.cli.views.payment_table import payment_table
from holdfast.cli.views.review_list import review_blocks
from holdfast.cli.views.status_sentence import status_sentence
from holdfast.payment import AuditEvent, Payment, Review
from holdfast.payment_list import ListedPayment
from holdfast.source import Source
from holdfast.statuses.auth_review_status import AuthReviewStatus
from holdfast.statuses.payment_status import PaymentStatus as S
from tests.support.settlement.evidence import payment_at

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
LONGEST = "x" * 48


def rendered(*parts: RenderableType | OneLine, width: int) -> str:
    out = StringIO()
    show(*parts, out=Console(file=out, width=width, highlight=False))
    return out.getvalue()


def panel(payment: Payment, width: int = 80, lines: int | None = 12) -> str:
    return rendered(payment_panel(payment, NOW, lines=lines), width=width)


@pytest.mark.parametrize("status", list(S))
def test_every_status_has_a_sentence_and_a_panel(status: S) -> None:
    payment = payment_at(status)
    assert status_sentence(payment).endswith(".")
    text = panel(payment, 160)
    assert status in text
    assert status_sentence(payment) in text
    assert "EUR 300.00" in text


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("status", list(S))
def test_panel_keeps_to_the_width(status: S, width: int) -> None:
    assert max(len(line) for line in panel(payment_at(status), width).splitlines()) <= width


def test_payment_under_risk_review_is_not_called_shippable() -> None:
    rejected = payment_at(S.CAPTURED, authReviewStatus=AuthReviewStatus.REJECT)
    undecided = payment_at(S.AUTHORIZED, authReviewStatus=AuthReviewStatus.PROCESSING)
    assert status_sentence(rejected).endswith("do not ship.")
    assert status_sentence(undecided).endswith("do not ship yet.")


def test_panel_says_why_a_person_must_look() -> None:
    assert "A person must look: the truth could not be established" in panel(payment_at(S.NEEDS_REVIEW))


@pytest.mark.parametrize("status", [S.FAILED, S.CANCELLED, S.EXPIRED])
def test_unpaid_payment_under_review_is_not_said_to_hold_nothing(status: S) -> None:
    assert "Nothing is held and nothing is captured." in status_sentence(payment_at(status, review=None))
    review = Review(reason="the gateway did not confirm the cancel: money may be held", since=NOW)
    text = panel(payment_at(status, review=review), 160)
    assert "money may be held" in text
    assert "Nothing is held" not in text
    assert "whether anything is held or captured" in text


def test_long_audit_trail_is_shown_on_request_and_its_length_otherwise() -> None:
    lines = tuple(
        AuditEvent(
            at=NOW + timedelta(seconds=number),
            source=Source.MERCHANT,
            from_=S.AUTHORIZED,
            to=S.AUTHORIZED,
            detail=f"line {number}.",
        )
        for number in range(20)
    )
    payment = payment_at(S.AUTHORIZED, events=lines)
    assert "8 earlier ones with --all" in panel(payment)
    assert "line 7." not in panel(payment)
    assert all(f"line {number}." in panel(payment, lines=None) for number in range(20))


@pytest.mark.parametrize("width", [80, 160])
def test_longest_reference_is_whole_in_the_table(width: int) -> None:
    listed = ListedPayment(
        paymentReference=LONGEST,
        status=S.PARTIALLY_CAPTURED,
        summary="EUR 300.00 · ORDER_1 · MANUAL",
        needsReview=True,
        startedAt=NOW,
    )
    text = rendered(payment_table([listed], NOW, width=width), width=width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert text.count("x") == len(LONGEST)
    assert "EUR 300.00" in text
    assert "PARTIALLY_CAPTURED · review" in text


def test_command_of_a_review_is_one_line_to_copy() -> None:
    command = f"holdfast resolve {LONGEST} --outcome OUTCOME --reason '' --evidence ''"
    entry = ReviewEntry(
        workflowId=f"card-payment-{LONGEST}",
        workflowType="CardPayment",
        paymentReference=LONGEST,
        merchantAccount="default",
        status=S.NEEDS_REVIEW,
        paymentId=None,
        paymentRequestId="ORDER_1-1",
        reason="the outcome could not be established",
        since=NOW - timedelta(hours=1),
        isOpen=True,
        commands=(command,),
    )
    text = rendered(*review_blocks([entry], NOW), width=80)
    assert f"  $ {command}\n" in text
    assert "since 2026-11-30 11:00:00 UTC, 1 h ago" in text
    assert "at the gateway: ORDER_1-1\n" in text
