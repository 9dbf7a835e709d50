"""The check of one payment: its state in Holdfast, the gateway's record, and whether they agree."""

from collections.abc import Mapping
from datetime import UTC, datetime

from temporalio.client import Client

from activities.reconciliation.calls import CheckOutcome, CheckResult
from activities.reconciliation.payment_state import ObservedPayment, observe_payment
from activities.reconciliation.rate_limiter import RateLimiter
from holdfast.antom.client import AntomClient
from holdfast.antom.models import InquiryPaymentRequest
from holdfast.antom.outcome import Happened
from holdfast.temporal.names import reference_from_workflow_id
from settlement.comparison.payments import IN_PROGRESS, differences, next_request_id
from settlement.gateway_record import GatewayRecord
from settlement.translation import from_inquiry

_MAX_ATTEMPTS = 3
"""The number of attempts of one inquiry in one check."""


class PaymentChecker:
    """Checks the payments of one merchant account.

    Args:
        temporal: The client of the payments' workflows.
        clients: The gateway clients by merchant account.
        merchant_account: The account of payments that Temporal does not know.
        rate_limiter: Limits the rate of the inquiries.
    """

    def __init__(
        self,
        temporal: Client,
        clients: Mapping[str, AntomClient],
        merchant_account: str,
        rate_limiter: RateLimiter,
    ) -> None:
        self._temporal = temporal
        self._clients = clients
        self._merchant_account = merchant_account
        self._rate_limiter = rate_limiter

    async def check(self, workflow_id: str) -> CheckResult:
        """Checks one payment.

        A running payment is read before and after the inquiries. A change in between makes the comparison
        meaningless, and the outcome is IN_PROGRESS.
        """
        before = await observe_payment(self._temporal, workflow_id)
        if before is None:
            return _result(workflow_id, ObservedPayment(), CheckOutcome.UNANSWERED)
        records = await self._inquire_all(workflow_id, before)
        if records is None:
            return _result(workflow_id, before, CheckOutcome.UNANSWERED)
        after = await observe_payment(self._temporal, workflow_id) if before.is_running else before
        if after is None:
            return _result(workflow_id, before, CheckOutcome.UNANSWERED)
        return _compare(workflow_id, records, after, has_changed=after != before)

    async def _inquire_all(self, workflow_id: str, observed: ObservedPayment) -> list[GatewayRecord] | None:
        """Returns the gateway's record of every attempt, or None when an inquiry has no answer."""
        payment, records = observed.payment, list[GatewayRecord]()
        account = payment.merchantAccount if payment else self._merchant_account
        reference = _reference(workflow_id, observed)
        while (request_id := next_request_id(payment, reference, records)) is not None:
            client = self._clients.get(account)
            record = await self._inquire(client, request_id) if client else None
            if record is None:
                return None
            records.append(record)
        return records

    async def _inquire(self, client: AntomClient, request_id: str) -> GatewayRecord | None:
        for _ in range(_MAX_ATTEMPTS):
            await self._rate_limiter.wait()
            outcome = await client.inquire_payment(InquiryPaymentRequest(paymentRequestId=request_id))
            if isinstance(outcome, Happened):
                record = from_inquiry(outcome.response, request_id, datetime.now(UTC))
                if record.is_answered:
                    return record
            else:
                await self._rate_limiter.prepare_repeat(outcome)
        return None


def _compare(
    workflow_id: str, records: list[GatewayRecord], observed: ObservedPayment, *, has_changed: bool
) -> CheckResult:
    payment = observed.payment
    found = differences(payment, records, is_stopped=observed.is_stopped)
    is_in_progress = observed.is_running and payment is not None and payment.status in IN_PROGRESS
    if has_changed or (found and is_in_progress):
        outcome = CheckOutcome.IN_PROGRESS
    else:
        outcome = CheckOutcome.DIFFERENT if found else CheckOutcome.AGREED
    return _result(workflow_id, observed, outcome).model_copy(update={"differences": found})


def _result(workflow_id: str, observed: ObservedPayment, outcome: CheckOutcome) -> CheckResult:
    return CheckResult(
        workflowId=workflow_id,
        paymentReference=_reference(workflow_id, observed),
        outcome=outcome,
        status=observed.payment.status if observed.payment else None,
        isRunning=observed.is_running,
    )


def _reference(workflow_id: str, observed: ObservedPayment) -> str:
    return (
        observed.payment.paymentReference
        if observed.payment
        else reference_from_workflow_id(workflow_id) or workflow_id
    )
