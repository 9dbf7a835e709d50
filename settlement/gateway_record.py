"""What the gateway's own record says about one attempt: the result of one inquiry."""

from holdfast.evidence import CaptureEvidence, PaymentEvidence, Verdict
from holdfast.validation.strict import Strict

DEAD = frozenset({Verdict.FAILED, Verdict.CANCELLED, Verdict.ABSENT})
"""Verdicts under which nothing is held and the buyer can no longer pay."""
_TAKES = frozenset({Verdict.SUCCEEDED, Verdict.IN_PROCESS, Verdict.UNCLEAR})


class GatewayRecord(Strict):
    """One `paymentRequestId` and the captures of its payment."""

    payment: PaymentEvidence
    captures: tuple[CaptureEvidence, ...] = ()

    @property
    def claims(self) -> tuple[PaymentEvidence | CaptureEvidence, ...]:
        """Everything that the record says: about the payment first, then about each capture."""
        return (self.payment, *self.captures)

    @property
    def request_id(self) -> str:
        """The `paymentRequestId` that the inquiry was about."""
        return self.payment.paymentRequestId or ""

    @property
    def verdict(self) -> Verdict:
        """What the record says about the payment itself."""
        return self.payment.verdict

    @property
    def taking(self) -> tuple[CaptureEvidence, ...]:
        """The captures that took money, or that still may."""
        return tuple(claim for claim in self.captures if claim.verdict in _TAKES)

    @property
    def has_money(self) -> bool:
        """Whether money is held or taken, or can still be."""
        return self.verdict not in DEAD or bool(self.taking)

    @property
    def is_answered(self) -> bool:
        """Whether the record says anything: an inquiry that failed leaves the truth unknown."""
        return self.verdict is not Verdict.UNCLEAR

    @property
    def lists_captures(self) -> bool:
        """Whether a capture that the record does not list is one that the gateway does not know.

        An inquiry that failed, or that finds no payment, lists no capture either way.
        """
        return self.is_answered and self.verdict is not Verdict.ABSENT

    def lists(self, capture_request_id: str | None) -> bool:
        """Whether the gateway has an entry for this capture."""
        return any(claim.captureRequestId == capture_request_id for claim in self.captures)

    def misses(self, capture_request_id: str | None) -> bool:
        """Whether the gateway knows the payment and has no entry for this capture."""
        return self.lists_captures and not self.lists(capture_request_id)
