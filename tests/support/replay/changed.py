"""Workflows with incompatible changes: an additional command before the first one, and a clock."""

from datetime import UTC, datetime, timedelta

from temporalio import workflow

from holdfast.temporal.names import CARD_PAYMENT, LATE_NOTIFICATION, NOTIFICATION


@workflow.defn(name=CARD_PAYMENT)
class ChangedPayment:
    """Starts a timer before the first command."""

    @workflow.run
    async def run(self, order: object) -> None:
        """Sleeps for a second."""
        await workflow.sleep(timedelta(seconds=1))

    @workflow.signal(name=NOTIFICATION)
    def notification(self, note: object) -> None:
        """Ignores the notification."""


@workflow.defn(name=LATE_NOTIFICATION)
class ChangedNotification:
    """Schedules an activity before the first command."""

    @workflow.run
    async def run(self, notice: object) -> None:
        """Makes an inquiry."""
        await workflow.execute_activity("inquire", start_to_close_timeout=timedelta(seconds=1))


@workflow.defn(name=CARD_PAYMENT)
class ClockReadingPayment:
    """Reads the system clock, which makes a replay nondeterministic."""

    @workflow.run
    async def run(self, order: object) -> str:
        """Returns the time of day."""
        return datetime.now(UTC).isoformat()

    @workflow.signal(name=NOTIFICATION)
    def notification(self, note: object) -> None:
        """Ignores the notification."""
