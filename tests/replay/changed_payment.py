"""A `CardPayment` as a careless change would leave it: one more command before the first one."""

from datetime import timedelta

from temporalio import workflow

from payments.names import CARD_PAYMENT, NOTIFICATION


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
