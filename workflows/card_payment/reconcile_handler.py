"""Handles the update `reconcile`: inquires about every attempt, settles, and flags remaining differences."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from temporalio import workflow

from settlement.comparison.payments import IN_PROGRESS, differences, next_request_id
from settlement.gateway_record import GatewayRecord
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.polling import Pauses, poll
from workflows.timing import CALLER_WAIT, RECONCILE_ROUNDS


class ReconcileHandler:
    """Compares one payment with the gateway's record."""

    def __init__(self, state: PaymentState) -> None:
        self._state = state

    async def reconcile(self) -> None:
        """Settles the gateway's record of every attempt, and flags the payment for each remaining difference.

        Where the payment changes by other means during the inquiries, they are repeated at once. Inquiries
        that have no answer within the longest wait of a caller are not repeated.
        """
        answer_by = workflow.now() + CALLER_WAIT
        reconcile_once = partial(self._reconcile_once, answer_by)
        await poll(reconcile_once, Pauses(timedelta(0)), times=RECONCILE_ROUNDS, summary="at once")

    async def _reconcile_once(self, answer_by: datetime) -> bool | None:
        """Returns True once it is done; None where the payment changed by other means in between."""
        state, records, is_unchanged = self._state, list[GatewayRecord](), True
        reference = state.order.paymentReference
        while (request_id := next_request_id(state.payment, reference, records)) is not None:
            before = state.payment
            left = answer_by - workflow.now()
            if left <= timedelta(0):
                return True
            record = await gateway.inquire(state.inquiry(request_id), left)
            if record is None:
                return True
            is_unchanged = is_unchanged and state.payment == before
            records.append(record)
            if self._is_known_attempt(request_id) or record.has_money:
                state.apply_inquiry(record)
        if is_unchanged:
            self._flag(records)
        return is_unchanged or None

    def _is_known_attempt(self, payment_request_id: str) -> bool:
        return any(a.paymentRequestId == payment_request_id for a in self._state.payment.attempts)

    def _flag(self, records: Sequence[GatewayRecord]) -> None:
        state = self._state
        answered = {record.request_id: record for record in records if record.is_answered}
        if state.status in IN_PROGRESS:
            return
        for difference in differences(state.payment, tuple(answered.values())):
            state.flag_difference(answered[difference.paymentRequestId], difference)
