"""Workflows with an incompatible change: an additional command before the first one, or a clock reading."""

from datetime import UTC, datetime, timedelta

from temporalio import workflow

from holdfast.temporal.names import CARD_PAYMENT, LATE_NOTIFICATION, NOTIFICATION


@workflow.defn(name=CARD_PAYMENT)
class ChangedPayment:
    """A payment with an additional timer before its first command."""

    @workflow.run
    async def run(self, order: object) -> None:
        """Starts the additional timer."""
        await workflow.sleep(timedelta(seconds=1))

    @workflow.signal(name=NOTIFICATION)
    def notification(self, note: object) -> None:
        """Ignores the notification."""


@workflow.defn(name=LATE_NOTIFICATION)
class ChangedNotification:
    """A late notification with an additional activity before its first command."""

    @workflow.run
    async def run(self, notice: object) -> None:
        """Executes the additional activity."""
        await workflow.execute_activity("inquire", start_to_close_timeout=timedelta(seconds=1))


@workflow.defn(name=CARD_PAYMENT)
class ClockReadingPayment:
    """A payment that reads the machine's clock, which a replay cannot repeat."""

    @workflow.run
    async def run(self, order: object) -> str:
        """Returns the time of day."""
        return datetime.now(UTC).isoformat()

    @workflow.signal(name=NOTIFICATION)
    def notification(self, note: object) -> None:
        """Ignores the notification."""
