"""Questions to the gateway: fresh ones for a decision, shared ones for people who press a button."""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow

from activities.calls import InquiryResult
from holdfast.evidence import PaymentEvidence, Verdict
from settlement.gateway_record import record_of
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.payment_state import Case

_FRESH = timedelta(seconds=1)
_CROWD = 10
"""So many updates a server takes in flight for one workflow; whoever is turned away comes back."""
_FRESH_FOR_A_CROWD = timedelta(seconds=3)


class Inquirer:
    """Asks and settles. The answer is None when the gateway could not be asked."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._shared: asyncio.Task[InquiryResult | None] | None = None
        self._answered_at: datetime | None = None
        self._askers = 0

    async def ask(self, payment_request_id: str | None = None) -> InquiryResult | None:
        """A question of its own: what is true now."""
        findings = await gateway.inquire(self._case.inquiry(payment_request_id))
        self._case.hear(findings)
        return findings

    async def look_for_captures(self) -> None:
        """Count what somebody else took of the payment; what else the answer says is for others to settle."""
        findings = await gateway.inquire(self._case.inquiry())
        if findings is not None:
            self._case.adopt(record_of(findings.evidence))

    async def refresh(self) -> None:
        """One question for all who ask at the same time, those included whom the server turned away first."""
        if self._is_answer_fresh():
            self._askers += 1
            return
        if self._shared is None:
            self._askers = 0
            self._shared = asyncio.create_task(self._ask_shared())
        self._askers += 1
        await asyncio.shield(self._shared)

    def _is_answer_fresh(self) -> bool:
        if self._answered_at is None:
            return False
        window = _FRESH_FOR_A_CROWD if self._askers >= _CROWD else _FRESH
        return workflow.now() - self._answered_at < window

    async def _ask_shared(self) -> InquiryResult | None:
        try:
            findings = await self.ask()
            self._answered_at = workflow.now() if findings else None
            return findings
        finally:
            self._shared = None


def verdict_of(findings: InquiryResult | None) -> Verdict | None:
    """What the findings say about the payment itself; None without findings."""
    claims = findings.evidence if findings else ()
    return next((claim.verdict for claim in claims if isinstance(claim, PaymentEvidence)), None)


def knows_capture(findings: InquiryResult, capture_request_id: str) -> bool:
    """Whether the gateway has an entry for this capture."""
    return any(
        claim.kind == "capture" and claim.captureRequestId == capture_request_id
        for claim in findings.evidence
    )


def misses_capture(findings: InquiryResult, capture_request_id: str) -> bool:
    """Whether the gateway tells of the payment, and has no entry for this capture."""
    return record_of(findings.evidence).misses(capture_request_id)
