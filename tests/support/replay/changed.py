"""The workflows as a careless change would leave them: one more command before the first one."""

from datetime import UTC, datetime, timedelta

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


@workflow.defn(name=CARD_PAYMENT)
class ClockReadingPayment:
    """Reads the machine's clock, which a replay cannot repeat."""

    @workflow.run
    async def run(self, order: object) -> str:
        """Returns the time of day."""
        return datetime.now(UTC).isoformat()

    @workflow.signal(name=NOTIFICATION)
    def notification(self, note: object) -> None:
        """Ignores the notification."""
