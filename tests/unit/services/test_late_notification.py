"""A late notification is searchable, and its details are readable."""

from datetime import UTC, datetime
from uuid import uuid4

from temporalio.client import Client

from holdfast.antom.models import parse_notification
from holdfast.temporal.names import LATE_NOTIFICATION, TASK_QUEUE
from holdfast.temporal.search_attributes import ANTOM_PAYMENT_ID, MERCHANT_ACCOUNT, NEEDS_REVIEW
from settlement.notification.late_notice import LateNotice
from settlement.notification.late_notice_text import details, summary
from settlement.notification.verified_notification import verified
from tests.support.services.notification_sender import capture_result, payment_result

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def notice(body: bytes | None, **changes: object) -> LateNotice:
    facts = verified(parse_notification(body), merchant_account="default", received_at=AT) if body else None
    fields: dict[str, object] = {
        "merchantAccount": "default",
        "paymentReference": "ORDER_1",
        "notifyType": facts.notifyType if facts else None,
        "reason": "payment has ended",
        "receivedAt": AT,
        "facts": facts,
    }
    return LateNotice.model_validate(fields | changes)


async def test_late_notification_ends_immediately_and_is_searchable(temporal: Client) -> None:
    payment_id = uuid4().hex
    late = notice(capture_result("ORDER_1-c1", payment_id))
    handle = await temporal.start_workflow(
        LATE_NOTIFICATION,
        late,
        id=f"late-{payment_id}",
        task_queue=TASK_QUEUE,
        result_type=LateNotice,
        static_summary=summary(late),
    )
    assert await handle.result() == late
    found = (await handle.describe()).typed_search_attributes
    assert found[ANTOM_PAYMENT_ID] == payment_id
    assert (found[MERCHANT_ACCOUNT], found[NEEDS_REVIEW]) == ("default", True)
    assert len((await handle.fetch_history()).events) <= 7


async def test_late_notification_with_oversized_payment_id_ends(temporal: Client) -> None:
    late = notice(payment_result("ORDER_1-1", "9" * 5000))
    handle = await temporal.start_workflow(
        LATE_NOTIFICATION, late, id=f"late-{uuid4().hex}", task_queue=TASK_QUEUE, result_type=LateNotice
    )
    assert await handle.result() == late
    assert (await handle.describe()).typed_search_attributes.get(ANTOM_PAYMENT_ID) is None


def test_late_notice_summary_names_type_payment_and_reason() -> None:
    late = notice(payment_result("ORDER_1-1"))
    assert summary(late) == "PAYMENT_RESULT · ORDER_1 · payment has ended"
    assert summary(notice(None, reason="not JSON", paymentReference=None)) == "notification · not JSON"


def test_late_notice_details_show_the_claim_and_its_ids() -> None:
    text = details(notice(capture_result("ORDER_1-c1", "2026")))
    assert text.splitlines() == [
        "**payment has ended**",
        "- Merchant account: `default`",
        "- Payment: `ORDER_1`",
        "- Type: `CAPTURE_RESULT`",
        "- Received: `2026-11-23 12:00:00 UTC`",
        "- Outcome: `SUCCEEDED SUCCESS`",
        "- Amount: `EUR 300.00`",
        "- captureRequestId: `ORDER_1-c1`",
        "- paymentId: `2026`",
        "- Compare it with the gateway's dashboard, correct it there, and reconcile the payment",
    ]


def test_late_notice_shows_invalid_amount_as_received() -> None:
    odd = capture_result("ORDER_1-c1").replace(b'"EUR"', b'"XTS"')
    assert "- Amount: `XTS 30000 in minor units`" in details(notice(odd))


def test_late_notice_details_escape_markdown_and_html() -> None:
    text = details(notice(capture_result("`<b>*x*|[a](b)\n# head")))
    assert "- captureRequestId: `" in text
    assert not set("<>*|[]()#") & set(text.replace("**payment has ended**", ""))
