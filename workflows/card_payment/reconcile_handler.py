"""A payment that is asked whether it agrees with the gateway: it asks about every attempt, and settles."""

from collections.abc import Sequence

from temporalio import workflow

from holdfast.reconciliation.difference import Difference
from settlement.audit_trail import flagged, noted
from settlement.comparison import IN_MOTION, differences, next_request_id
from settlement.gateway_record import GatewayRecord, record_of
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.payment_state import Case
from workflows.timing import ABSENT_TIMES


class ReconcileHandler:
    """Examines one payment."""

    def __init__(self, case: Case) -> None:
        self._case = case

    async def examine(self) -> None:
        """Settle what the gateway says of every attempt; what does not agree then is for a person.

        A payment that changes by other means during the questions is asked about again.
        """
        for _ in range(ABSENT_TIMES):
            if await self._is_examined():
                return

    async def _is_examined(self) -> bool:
        case, records, is_undisturbed = self._case, list[GatewayRecord](), True
        reference = case.order.paymentReference
        while (request_id := next_request_id(case.payment, reference, records)) is not None:
            before = case.payment
            findings = await gateway.inquire(case.inquiry(request_id))
            if findings is None:
                return True
            is_undisturbed = is_undisturbed and case.payment == before
            records.append(record_of(findings.evidence))
            if self._is_ours(request_id) or records[-1].has_money:
                case.hear(findings)
        if is_undisturbed:
            self._flag(records)
        return is_undisturbed

    def _is_ours(self, payment_request_id: str) -> bool:
        return any(a.paymentRequestId == payment_request_id for a in self._case.payment.attempts)

    def _flag(self, records: Sequence[GatewayRecord]) -> None:
        case = self._case
        answered = [record for record in records if record.is_answered]
        if case.status in IN_MOTION:
            return
        for difference in differences(case.payment, answered):
            [record] = [r for r in answered if r.request_id == difference.paymentRequestId]
            self._flag_once(record, difference)

    def _flag_once(self, record: GatewayRecord, difference: Difference) -> None:
        """Not again what is in the audit trail already: a person may have seen to it."""
        case, now = self._case, workflow.now()
        where = difference.captureRequestId or difference.paymentRequestId
        why = f"differs from the gateway's record: {difference.kind} {where}, {difference.gatewayState}"
        after = noted(case.payment, record.payment, now, why)
        if after is not case.payment:
            case.payment = flagged(after, why, now)
