"""A stand-in for the payment workflow: it records notifications and ends on a signal."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from holdfast.temporal.search_attributes import ANTOM_PAYMENT_ID, MERCHANT_ACCOUNT
    from settlement.notification import VerifiedNotification


@workflow.defn(name="CardPayment")
class StandInPayment:
    def __init__(self) -> None:
        self._notifications: list[VerifiedNotification] = []
        self._ended = False

    @workflow.run
    async def run(self, payment_id: str | None) -> None:
        if payment_id:
            workflow.upsert_search_attributes(
                [ANTOM_PAYMENT_ID.value_set(payment_id), MERCHANT_ACCOUNT.value_set("default")]
            )
        await workflow.wait_condition(lambda: self._ended)

    @workflow.signal
    def notification(self, notification: VerifiedNotification) -> None:
        self._notifications.append(notification)

    @workflow.signal
    def end(self) -> None:
        self._ended = True

    @workflow.query
    def notifications(self) -> list[VerifiedNotification]:
        return self._notifications
