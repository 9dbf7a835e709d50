"""What the gateway's own record says of one attempt: an inquiry's claims, sorted."""

from collections.abc import Iterable
from typing import NamedTuple

from holdfast.evidence import CaptureEvidence, PaymentEvidence, Verdict

DEAD = frozenset({Verdict.FAILED, Verdict.CANCELLED, Verdict.ABSENT})
"""Nothing is held, and nobody can pay any more."""
_TAKES = frozenset({Verdict.SUCCEEDED, Verdict.IN_PROCESS, Verdict.UNCLEAR})


class GatewayRecord(NamedTuple):
    """One `paymentRequestId` and the captures of its payment."""

    payment: PaymentEvidence
    captures: tuple[CaptureEvidence, ...] = ()

    @property
    def request_id(self) -> str:
        """The `paymentRequestId` that was asked about."""
        return self.payment.paymentRequestId or ""

    @property
    def verdict(self) -> Verdict:
        """What it says of the payment itself."""
        return self.payment.verdict

    @property
    def taking(self) -> tuple[CaptureEvidence, ...]:
        """The captures that took money, or still may."""
        return tuple(claim for claim in self.captures if claim.verdict in _TAKES)

    @property
    def has_money(self) -> bool:
        """Whether money is held or taken, or can still be."""
        return self.verdict not in DEAD or bool(self.taking)

    @property
    def is_answered(self) -> bool:
        """Whether the inquiry says anything: one that failed by itself leaves the truth unknown."""
        return self.verdict is not Verdict.UNCLEAR

    @property
    def lists_captures(self) -> bool:
        """Whether a capture that it does not list is one the gateway does not know.

        An inquiry that failed by itself, or that knows nothing of the payment, lists none either way.
        """
        return self.is_answered and self.verdict is not Verdict.ABSENT

    def misses(self, capture_request_id: str | None) -> bool:
        """Whether the gateway tells of the payment, and has no entry for this capture."""
        known = {claim.captureRequestId for claim in self.captures}
        return self.lists_captures and capture_request_id not in known


def record_of(claims: Iterable[PaymentEvidence | CaptureEvidence]) -> GatewayRecord:
    """The record in an inquiry's claims, of which one is about the payment.

    Raises ValueError without that one.
    """
    payments, captures = [], []
    for claim in claims:
        if isinstance(claim, PaymentEvidence):
            payments.append(claim)
        else:
            captures.append(claim)
    if not payments:
        raise ValueError("an inquiry says something about the payment")
    return GatewayRecord(payments[0], tuple(captures))
