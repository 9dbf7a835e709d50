"""A signed notification that no running payment could take, kept where an operator sees it.

The workflow does nothing but exist: it can be found by its search attributes, read without opening code,
and ends at once, so it is kept for as long as the namespace keeps closed workflows.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from holdfast.temporal.names import LATE_NOTIFICATION
    from settlement.late_notice import LateNotice
    from settlement.late_notice_text import details
    from workflows.review_item import attributes


@workflow.defn(name=LATE_NOTIFICATION)
class LateNotification:
    """Started by the webhook, once per notification however often it is sent."""

    @workflow.run
    async def run(self, notice: LateNotice) -> LateNotice:
        """Show the notice to an operator; it is the result as well."""
        workflow.set_current_details(details(notice))
        payment_id = notice.facts.evidence.paymentId if notice.facts else None
        workflow.upsert_search_attributes(attributes(notice.merchantAccount, payment_id))
        return notice
