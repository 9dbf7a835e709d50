"""The workflows as a careless change would leave them: one more command before the first one."""

from datetime import timedelta

from temporalio import workflow

from holdfast.temporal.names import CARD_PAYMENT, LATE_NOTIFICATION, NOTIFICATION


@workflow.defn(name=CARD_PAYMENT)
class ChangedPayment:
    """Sleeps before it does anything."""

    @workflow.run
    async def run(self, order: object) -> None:
        """Sleep."""
        await workflow.sleep(timedelta(seconds=1))

    @workflow.signal(name=NOTIFICATION)
    def notification(self, note: object) -> None:
        """Hear nothing."""


@workflow.defn(name=LATE_NOTIFICATION)
class ChangedNotification:
    """Asks the gateway before it shows itself."""

    @workflow.run
    async def run(self, notice: object) -> None:
        """Ask."""
        await workflow.execute_activity("inquire", start_to_close_timeout=timedelta(seconds=1))
