"""An independent model of one payment's money, written without a look at `settle`.

Evidence belongs to its attempt or capture and is compared before it is applied. Once an attempt is decided,
only the gateway's own record (an inquiry) may contradict the decision. A capture counts once, and all
captures together never exceed the authorized amount.
"""

from holdfast.antom.amounts import Amount
from holdfast.payment import CaptureStatus as C
from holdfast.resolution import Outcome, Resolution
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import CaptureEvidence, PaymentEvidence
from tests.support.settlement.expected_effect import (
    EvidenceKind,
    ExpectedEffect,
    HoldState,
    ModelAttempt,
    ModelCapture,
)

Claim = PaymentEvidence | CaptureEvidence
UNDECIDED = frozenset({S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING})
ENDED_WITHOUT_CAPTURE = frozenset({S.FAILED, S.CANCELLED, S.EXPIRED})
ENDED = ENDED_WITHOUT_CAPTURE | {S.CAPTURED}
CANCELLED_DURING_CAPTURE = "cancelled during a capture"


class Model:
    """The state of one payment as the model knows it. `status` is the last status that a merchant saw."""

    def __init__(self, amount: Amount, *, automatic: bool, limit: int) -> None:
        self.amount, self.automatic, self.limit = amount, automatic, limit
        self.status = S.AUTHORIZING
        self.attempts: dict[str, ModelAttempt] = {}
        self.captures: dict[str, ModelCapture] = {}
        self.was_authorized = False
        self.is_cancellation_unconfirmed = False
        """Whether the payment came from CANCELLING to its review."""
        self.may_be_cancelled = False
        """Whether a cancellation was reported while a capture of this payment was open."""
        self.start_attempt()

    @property
    def current(self) -> str:
        """The current attempt's request id."""
        return list(self.attempts)[-1]

    @property
    def captured(self) -> int:
        """The captured amount in minor units."""
        return sum(capture.value for capture in self.captures.values() if capture.status is C.SUCCESS)

    @property
    def remaining(self) -> int:
        """The amount in minor units that has not been captured."""
        return self.amount.minor_units - self.captured

    @property
    def open_capture(self) -> ModelCapture | None:
        """The capture without a result."""
        return next((capture for capture in self.captures.values() if capture.status is C.PROCESSING), None)

    @property
    def has_ended_without_capture(self) -> bool:
        """Whether the payment has ended and nothing was captured."""
        return self.status in ENDED_WITHOUT_CAPTURE and not self.captured

    def observe_status(self, status: S) -> None:
        """Stores the payment's present status."""
        if status is not self.status:
            self.is_cancellation_unconfirmed = (self.status, status) == (S.CANCELLING, S.NEEDS_REVIEW)
        self.status = status

    def apply(
        self, claim: Claim, effect: ExpectedEffect, hold_state: HoldState | None, capture_status: C | None
    ) -> None:
        """Stores the actual effect of a claim, which the expected effect allows."""
        self.may_be_cancelled |= effect.reason == CANCELLED_DURING_CAPTURE
        if effect.attempt is not None and hold_state is not None:
            attempt = self.attempts[effect.attempt]
            attempt.hold_state = hold_state
            attempt.gateway_id = attempt.gateway_id or claim.paymentId or None
            attempt.buyer_has_finished = attempt.buyer_has_finished or effect.buyer_has_finished
            self.was_authorized = self.was_authorized or hold_state is HoldState.HELD
        if effect.capture is not None and capture_status is not None:
            self.captures.setdefault(effect.capture, self._external_capture(claim)).status = capture_status

    def _external_capture(self, claim: Claim) -> ModelCapture:
        """A capture without a request: the gateway's own of everything, or a part made in its dashboard."""
        if self.automatic:
            return ModelCapture(self.amount.minor_units)
        return ModelCapture(self.claimed_value(claim), is_last=False)

    def claimed_value(self, claim: Claim) -> int:
        """The claim's amount in minor units of the payment's currency; 0 where it has no such amount."""
        value = claim.value or ""
        matches = claim.currency == self.amount.currency and value.isascii() and value.isdigit()
        return int(value) if matches else 0

    def awaits_decision(self, claim: Claim) -> bool:
        """Whether this claim may decide the attempt; only an operator decides an unconfirmed cancellation."""
        is_reviewed = self.status is S.NEEDS_REVIEW
        return self.status in UNDECIDED or (is_reviewed and not self.is_cancelling(claim))

    def is_cancelling(self, claim: Claim) -> bool:
        """Whether this claim arrives during a cancellation."""
        is_unconfirmed = self.is_cancellation_unconfirmed and claim.source is not Source.OPERATOR
        return self.status is S.CANCELLING or is_unconfirmed

    def mismatch(self, claim: Claim, value: int) -> str:
        """The field, currency or amount, in which a claim that has it differs; empty for none."""
        if claim.currency is not None and claim.currency != self.amount.currency:
            return "currency"
        claimed = claim.value
        if claimed is not None and not (claimed.isascii() and claimed.isdigit() and int(claimed) == value):
            return "amount"
        return ""

    def no_change(self, kind: EvidenceKind, reason: str = "") -> ExpectedEffect:
        """The effect of a claim that changes nothing."""
        return ExpectedEffect(kind, {self.status}, reason)

    def rejected(self, claim: Claim, kind: EvidenceKind, reason: str) -> ExpectedEffect:
        """The effect of rejected evidence: it is recorded and reviewed, and an inquiry follows it.

        No inquiry follows evidence that an inquiry gave.
        """
        by_inquiry, statuses = claim.source is Source.INQUIRY, {self.status}
        if by_inquiry and self.status not in ENDED:
            # an inquiry lists every capture again, and its first claim has been applied before
            statuses = {S.NEEDS_REVIEW} | (statuses if isinstance(claim, CaptureEvidence) else set())
        if self.is_cancellation_unconfirmed and kind is EvidenceKind.CONTRADICTION:
            statuses.add(S.CANCELLING)
        return ExpectedEffect(kind, statuses, reason, needs_review=True, needs_inquiry=not by_inquiry)

    def start_attempt(self) -> None:
        """Adds an attempt and makes it the current one."""
        self.attempts[f"ORDER_1-{len(self.attempts) + 1}"] = ModelAttempt()

    def request_capture(self, amount: Amount | None, *, is_last: bool) -> None:
        """Adds the requested capture; a request during an open capture is that capture."""
        if self.open_capture is None:
            value = amount.minor_units if amount else self.remaining
            number = len(self.captures) + 1
            while f"ORDER_1-c{number}" in self.captures:
                number += 1
            self.captures[f"ORDER_1-c{number}"] = ModelCapture(value, is_last or value == self.remaining)

    def may_retry(self, *, is_unconfirmed: bool) -> bool:
        """Whether a retry is possible: a new request id needs a confirmed decline of the old one."""
        return self.status is S.DECLINED and not is_unconfirmed

    def may_cancel(self) -> bool:
        """Whether a cancellation is possible: nothing is captured, and no capture is open."""
        has_ended = self.status in ENDED and self.status is not S.CANCELLED
        return not self.captured and self.open_capture is None and not has_ended

    def may_capture(self, amount: Amount | None, *, is_last: bool) -> bool:
        """Whether a capture is possible; during an open last capture only a repetition of it is."""
        value = amount.minor_units if amount else self.remaining
        has_currency = amount is None or amount.currency == self.amount.currency
        if self.automatic or self.status in ENDED or not self.remaining or not has_currency:
            return False
        if self.open_capture is not None:
            return is_last and self.open_capture.is_last and value == self.open_capture.value
        return self.status in {S.AUTHORIZED, S.PARTIALLY_CAPTURED} and value <= self.remaining

    def may_resolve(self, resolution: Resolution, *, is_reviewed: bool) -> bool:
        """Whether an operator may decide this: the open capture, or without one the current attempt."""
        if resolution.outcome is Outcome.ACKNOWLEDGED:
            return is_reviewed and self.status not in ENDED
        captures = self.captures.items()
        unknown = next((name for name, capture in captures if capture.status is C.PROCESSING), None)
        if self.status is not S.NEEDS_REVIEW or resolution.captureRequestId != unknown:
            return False
        gateway_id = self.attempts[self.current].gateway_id or resolution.paymentId
        return resolution.outcome is not Outcome.SUCCEEDED or bool(gateway_id)
