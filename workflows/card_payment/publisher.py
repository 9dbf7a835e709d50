"""Updates search attributes and current details when the payment changes."""

from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

from holdfast.statuses.payment_status import PaymentStatus
from workflows.card_payment.operator_view import attributes, details
from workflows.card_payment.payment_state import PaymentState


class Publisher:
    """Publishes the search attributes and the details of one payment."""

    def __init__(self, state: PaymentState) -> None:
        self._state = state
        self._details = ""
        self._attributes: list[SearchAttributeUpdate[Any]] = []

    async def run(self) -> None:
        """Publishes every change, until cancelled."""
        while True:
            self.publish()
            await workflow.wait_condition(lambda: details(self._state) != self._details)

    def publish(self) -> None:
        """Publishes what has changed since the last call."""
        self._details = details(self._state)
        workflow.set_current_details(self._details)
        if not self._status_ends_soon:
            self._publish_attributes()

    @property
    def _status_ends_soon(self) -> bool:
        """Whether the status is CAPTURING and probably ends within a second."""
        return self._state.status is PaymentStatus.CAPTURING and not self._state.capture_is_slow

    def _publish_attributes(self) -> None:
        now = attributes(self._state.order, self._state.payment)
        if changed := [update for update in now if update not in self._attributes]:
            workflow.upsert_search_attributes(changed)
        self._attributes = now
