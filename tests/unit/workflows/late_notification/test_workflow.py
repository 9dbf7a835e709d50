"""The late notification workflow shows its notice to operators and returns it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

from holdfast.temporal.search_attributes import MERCHANT_ACCOUNT, NEEDS_REVIEW
from settlement.late_notice import LateNotice
from workflows.late_notification.workflow import LateNotification

NOTICE = LateNotice(
    merchantAccount="shop-two",
    paymentReference="ORDER_1",
    notifyType=None,
    reason="not JSON",
    receivedAt=datetime(2026, 11, 23, 12, tzinfo=UTC),
    facts=None,
)


async def test_notice_without_facts_is_shown_and_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    attributes: list[SearchAttributeUpdate[Any]] = []
    monkeypatch.setattr(workflow, "set_current_details", shown.append)
    monkeypatch.setattr(workflow, "upsert_search_attributes", attributes.extend)
    assert await LateNotification().run(NOTICE) == NOTICE
    assert "**not JSON**" in shown[0]
    assert {each.key.name: each.value for each in attributes} == {
        MERCHANT_ACCOUNT.name: "shop-two",
        NEEDS_REVIEW.name: True,
    }
