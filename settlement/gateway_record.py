"""The gateway's record of one attempt: the result of one inquiry."""

from holdfast.validation.strict import Strict
from settlement.evidence import CaptureEvidence, PaymentEvidence, Verdict

CLOSING_VERDICTS = frozenset({Verdict.FAILED, Verdict.CANCELLED, Verdict.ABSENT})
"""The verdicts with which no money is held and the buyer can no longer pay."""
_MAY_HOLD_MONEY = frozenset({Verdict.SUCCEEDED, Verdict.IN_PROCESS, Verdict.UNCLEAR})


class GatewayRecord(Strict):
    """The record of one `paymentRequestId` and of the captures of its payment."""

    payment: PaymentEvidence
    captures: tuple[CaptureEvidence, ...] = ()

    @property
    def evidence(self) -> tuple[PaymentEvidence | CaptureEvidence, ...]:
        """All evidence of the record: about the payment first, then about each capture."""
        return (self.payment, *self.captures)

    @property
    def request_id(self) -> str:
        """The `paymentRequestId` that the inquiry was about."""
        return self.payment.paymentRequestId or ""

    @property
    def verdict(self) -> Verdict:
        """The outcome that the record reports for the payment itself."""
        return self.payment.verdict

    @property
    def taken_captures(self) -> tuple[CaptureEvidence, ...]:
        """The captures that have taken money or still can."""
        return tuple(evidence for evidence in self.captures if evidence.verdict in _MAY_HOLD_MONEY)

    @property
    def has_money(self) -> bool:
        """Whether money is held or captured, or still can be."""
        return self.verdict not in CLOSING_VERDICTS or bool(self.taken_captures)

    @property
    def is_answered(self) -> bool:
        """Whether the inquiry was successful. An inquiry that failed leaves the outcome unknown."""
        return self.verdict is not Verdict.UNCLEAR

    @property
    def is_capture_list_complete(self) -> bool:
        """Whether a capture that is not in the record is unknown to the gateway.

        An inquiry that failed, or that finds no payment, says nothing about captures.
        """
        return self.is_answered and self.verdict is not Verdict.ABSENT

    def has_capture(self, capture_request_id: str | None) -> bool:
        """Returns whether the record has an entry for this capture."""
        return any(evidence.captureRequestId == capture_request_id for evidence in self.captures)

    def lacks_capture(self, capture_request_id: str | None) -> bool:
        """Returns whether the gateway knows the payment and its record has no entry for this capture."""
        return self.is_capture_list_complete and not self.has_capture(capture_request_id)
