"""Reconciliation requests are validated, and differences are shown in a readable form."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast import InvalidRequest, Outcome, Resolution
from holdfast.difference_kind import DifferenceKind
from holdfast.reconciliation.difference import Difference, DifferenceNotice, parse_difference_resolution
from holdfast.reconciliation.report import Period, parse_reconciliation
from holdfast.statuses.payment_status import PaymentStatus
from holdfast.temporal.connection import data_converter
from holdfast.temporal.names import (
    difference_id,
    reference_from_difference_id,
    reference_from_workflow_id,
    workflow_id,
)
from settlement.comparison.difference_text import details, summary

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACKNOWLEDGED = Resolution(
    outcome=Outcome.ACKNOWLEDGED, resolvedBy="ops-7", reason="voided", evidence="dashboard"
)


def notice(kind: DifferenceKind = DifferenceKind.UNKNOWN_HOLD, **fields: Any) -> DifferenceNotice:
    facts: dict[str, Any] = {
        "kind": kind,
        "paymentRequestId": "ORDER_1-1",
        "paymentId": "2026",
        "holdfastState": "CANCELLED",
        "gatewayState": "SUCCEEDED EUR 300.00",
    }
    return DifferenceNotice(
        merchantAccount="default",
        paymentReference="ORDER_1",
        paymentStatus=PaymentStatus.CANCELLED,
        foundAt=NOW,
        difference=Difference(**(facts | fields)),
    )


def test_period_is_absolute_or_relative_to_the_start() -> None:
    assert parse_reconciliation({"last": 3600}).period(NOW) == Period(NOW - HOUR, NOW)
    since = parse_reconciliation({"since": NOW - HOUR})
    assert since.period(NOW) == Period(NOW - HOUR, NOW)
    both = parse_reconciliation({"since": NOW - HOUR, "until": NOW - HOUR / 2})
    assert both.period(NOW) == Period(NOW - HOUR, NOW - HOUR / 2)
    assert parse_reconciliation({"references": ["ORDER_1"]}).period(NOW) is None


@pytest.mark.parametrize(
    "fields", [{"since": NOW}, {"since": NOW + HOUR}, {"since": NOW, "until": NOW + HOUR}]
)
def test_period_that_ends_in_the_future_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest, match="future"):
        parse_reconciliation(fields).period(NOW)


def test_more_than_1000_references_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="references"):
        parse_reconciliation({"references": ["ORDER_1"] * 1001})


@given(
    reference=st.from_regex(r"[A-Za-z0-9._-]{1,48}", fullmatch=True),
    digest=st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
)
def test_difference_id_contains_its_payment_reference(reference: str, digest: str) -> None:
    name = difference_id(reference, digest)
    assert reference_from_difference_id(name) == reference
    assert reference_from_workflow_id(name) is None
    assert reference_from_difference_id(workflow_id(reference)) is None


ITS_ID = "difference-ORDER_1-0123456789abcdef"


def test_difference_summary_names_kind_payment_and_gateway_state() -> None:
    assert summary(notice()) == "UNKNOWN_HOLD · ORDER_1 · SUCCEEDED EUR 300.00"


def test_difference_details_show_both_states_and_the_instruction() -> None:
    assert details(notice(), ITS_ID).splitlines() == [
        "**UNKNOWN_HOLD**",
        "- Merchant account: `default`",
        "- Payment: `ORDER_1`",
        "- paymentRequestId: `ORDER_1-1`",
        "- paymentId: `2026`",
        "- State in Holdfast: `CANCELLED`",
        "- State at the gateway: `SUCCEEDED EUR 300.00`",
        "- Found: `2026-11-23 12:00:00 UTC`",
        "",
        "Cancel it in the dashboard, unless the order is to be paid with it. "
        "Otherwise it is held until the authorization expires.",
        "### Commands",
        "```sh",
        "# acknowledge it",
        "temporal workflow update execute --name resolve \\",
        f"  --workflow-id {ITS_ID} \\",
        "  --input '{",
        '    "outcome": "ACKNOWLEDGED",',
        """    "resolvedBy": "'"$USER"'",""",
        '    "reason": "",',
        '    "evidence": ""',
        "}'",
        "```",
    ]


def test_details_of_acknowledged_difference_name_the_operator() -> None:
    lines = details(notice().model_copy(update={"resolution": ACKNOWLEDGED}), ITS_ID).splitlines()
    assert lines[-2:] == ["- Resolved by: `ops-7`", "- Reason: `voided`"]


@pytest.mark.parametrize("kind", DifferenceKind)
def test_every_difference_kind_has_an_instruction(kind: DifferenceKind) -> None:
    instruction = details(notice(kind), ITS_ID).partition("### Commands")[0].strip().rpartition("\n")[2]
    assert len(instruction) > 40


@pytest.mark.parametrize("text", ["<script>", "`code`", "**bold**", "[link](https://x)", "a\nb"])
def test_difference_details_escape_markdown_and_html(text: str) -> None:
    odd = notice(gatewayState=text, captureRequestId=text, paymentId=text)
    assert text not in summary(odd)
    assert text not in details(odd, ITS_ID)


def test_difference_resolution_must_be_acknowledged() -> None:
    assert parse_difference_resolution(ACKNOWLEDGED) == ACKNOWLEDGED
    with pytest.raises(InvalidRequest, match="outcome: must be ACKNOWLEDGED"):
        parse_difference_resolution(ACKNOWLEDGED.model_copy(update={"outcome": Outcome.FAILED}))
    with pytest.raises(InvalidRequest, match="resolvedBy"):
        parse_difference_resolution({"outcome": "ACKNOWLEDGED"})


def test_found_at_accepts_any_offset() -> None:
    singapore = NOW.astimezone(timezone(timedelta(hours=8)))
    odd = notice().model_copy(update={"foundAt": singapore})
    assert "- Found: `2026-11-23 12:00:00 UTC`" in details(odd, ITS_ID)


def test_difference_notice_survives_serialization() -> None:
    converter = data_converter().payload_converter
    assert converter.from_payloads(converter.to_payloads([notice()]), [DifferenceNotice]) == [notice()]
