"""The workflow that keeps a verified notification that no running payment could accept.

It ends immediately. Operators find it by its search attributes and read its details in the Temporal UI, for
as long as the namespace keeps closed workflows.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from holdfast.temporal.names import LATE_NOTIFICATION
    from settlement.notification.late_notice import LateNotice
    from settlement.notification.late_notice_text import details
    from workflows.review_item import attributes


@workflow.defn(name=LATE_NOTIFICATION)
class LateNotification:
    """Keeps a late notification. The webhook starts it once, however often the notification is sent."""

    @workflow.run
    async def run(self, notice: LateNotice) -> LateNotice:
        """Shows the notice to operators, and returns it."""
        workflow.set_current_details(details(notice))
        payment_id = notice.facts.evidence.paymentId if notice.facts else None
        workflow.upsert_search_attributes(
            attributes(notice.merchantAccount, payment_id, needs_review=notice.needsReview)
        )
        return notice
