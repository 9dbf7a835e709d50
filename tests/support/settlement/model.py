"""A second opinion: what may be believed about one payment's money, written without a look at `settle`.

Evidence belongs to its attempt or capture and is compared before it is believed. Once an attempt is decided,
only the gateway's own record (an inquiry) may say otherwise. A capture counts once, and all captures together
never exceed what is authorized.
"""

from holdfast.antom.amounts import Amount
from holdfast.evidence import CaptureEvidence, PaymentEvidence, Source
from holdfast.payment import CaptureStatus as C
from holdfast.resolution import Outcome, Resolution
from holdfast.status import PaymentStatus as S
from tests.support.settlement.expectations import Judgement, Kind, Life, Take, Try

Claim = PaymentEvidence | CaptureEvidence
UNDECIDED = frozenset({S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING})
EMPTY = frozenset({S.FAILED, S.CANCELLED, S.EXPIRED})
ENDED = EMPTY | {S.CAPTURED}


class Model:
    """What is believed. `status` is where the payment was last seen, as a merchant sees it."""

    def __init__(self, amount: Amount, *, automatic: bool, limit: int) -> None:
        self.amount, self.automatic, self.limit = amount, automatic, limit
        self.status = S.AUTHORIZING
        self.tries: dict[str, Try] = {}
        self.takes: dict[str, Take] = {}
        self.was_held = False
        self.lost_cancel = False
        """Whether the payment was being cancelled when its truth was lost."""
        self.tried()

    @property
    def current(self) -> str:
        """The current attempt's request id."""
        return list(self.tries)[-1]

    @property
    def taken(self) -> int:
        """What has been captured, in minor units."""
        return sum(take.value for take in self.takes.values() if take.status is C.SUCCESS)

    @property
    def left(self) -> int:
        """What has not been captured, in minor units."""
        return self.amount.minor_units - self.taken

    @property
    def open_take(self) -> Take | None:
        """The capture without a result."""
        return next((take for take in self.takes.values() if take.status is C.PROCESSING), None)

    @property
    def has_ended_empty(self) -> bool:
        """Whether it is over, and no money was taken."""
        return self.status in EMPTY and not self.taken

    def seen_at(self, status: S) -> None:
        """The payment stands there now."""
        if status is not self.status:
            self.lost_cancel = (self.status, status) == (S.CANCELLING, S.NEEDS_REVIEW)
        self.status = status

    def believe(self, claim: Claim, judgement: Judgement, life: Life | None, take: C | None) -> None:
        """What came of a claim, within what its judgement allows."""
        if judgement.attempt is not None and life is not None:
            attempt = self.tries[judgement.attempt]
            attempt.life = life
            attempt.gateway_id = attempt.gateway_id or claim.paymentId or None
            attempt.buyer_is_done = attempt.buyer_is_done or judgement.buyer_is_done
            self.was_held = self.was_held or life is Life.HELD
        if judgement.capture is not None and take is not None:
            self.takes.setdefault(judgement.capture, self._somebody_elses(claim)).status = take

    def _somebody_elses(self, claim: Claim) -> Take:
        """A take that nobody asked for: the gateway's own of everything, or a part made in its dashboard."""
        if self.automatic:
            return Take(self.amount.minor_units)
        return Take(self.value_told(claim), is_last=False)

    def value_told(self, claim: Claim) -> int:
        """The minor units that are told in the payment's currency; 0 where they are not."""
        told = claim.value or ""
        is_ours = claim.currency == self.amount.currency and told.isascii() and told.isdigit()
        return int(told) if is_ours else 0

    def waits_for_a_decision(self, claim: Claim) -> bool:
        """A lost cancellation waits for its confirmation, and for no decision but a person's."""
        is_lost = self.status is S.NEEDS_REVIEW
        return self.status in UNDECIDED or (is_lost and not self.is_cancelling(claim))

    def is_cancelling(self, claim: Claim) -> bool:
        """Whether a decision is heard in the middle of a cancellation."""
        return self.status is S.CANCELLING or (self.lost_cancel and claim.source is not Source.OPERATOR)

    def misfit(self, claim: Claim, value: int) -> str:
        """What is wrong with the currency or the amount that is told, if one is told."""
        if claim.currency is not None and claim.currency != self.amount.currency:
            return "currency"
        told = claim.value
        if told is not None and not (told.isascii() and told.isdigit() and int(told) == value):
            return "amount"
        return ""

    def stays(self, kind: Kind, why: str = "") -> Judgement:
        """Nothing moves."""
        return Judgement(kind, {self.status}, why)

    def doubt(self, claim: Claim, kind: Kind, why: str) -> Judgement:
        """Recorded, reviewed and asked about; after an inquiry there is nobody to ask."""
        by_inquiry, statuses = claim.source is Source.INQUIRY, {self.status}
        if by_inquiry and self.status not in ENDED:
            # an inquiry tells of every capture again, and its first word has been heard
            statuses = {S.NEEDS_REVIEW} | (statuses if isinstance(claim, CaptureEvidence) else set())
        if self.lost_cancel and kind is Kind.CONTRADICTION:
            statuses.add(S.CANCELLING)
        return Judgement(kind, statuses, why, needs_review=True, asks=not by_inquiry)

    def tried(self) -> None:
        """Another attempt has begun."""
        self.tries[f"ORDER_1-{len(self.tries) + 1}"] = Try()

    def asked_to_take(self, wanted: Amount | None, *, is_last: bool) -> None:
        """A capture was asked for; while one is open it is that one."""
        if self.open_take is None:
            value = wanted.minor_units if wanted else self.left
            number = len(self.takes) + 1
            while f"ORDER_1-c{number}" in self.takes:
                number += 1
            self.takes[f"ORDER_1-c{number}"] = Take(value, is_last or value == self.left)

    def may_retry(self, *, is_in_doubt: bool) -> bool:
        """A new request id is used only when the old one is certainly dead."""
        return self.status is S.DECLINED and not is_in_doubt

    def may_cancel(self) -> bool:
        """What is taken is refunded instead, and what is being taken is decided first."""
        has_ended = self.status in ENDED and self.status is not S.CANCELLED
        return not self.taken and self.open_take is None and not has_ended

    def may_capture(self, wanted: Amount | None, *, is_last: bool) -> bool:
        """What is held, once; while one has no result, the last one is joined, and a part is another one."""
        value = wanted.minor_units if wanted else self.left
        is_ours = wanted is None or wanted.currency == self.amount.currency
        if self.automatic or self.status in ENDED or not self.left or not is_ours:
            return False
        if self.open_take is not None:
            return is_last and self.open_take.is_last and value == self.open_take.value
        return self.status in {S.AUTHORIZED, S.PARTIALLY_CAPTURED} and value <= self.left

    def may_resolve(self, resolution: Resolution, *, is_reviewed: bool) -> bool:
        """An operator decides what nobody else could: the open capture, or else the current attempt."""
        if resolution.outcome is Outcome.ACKNOWLEDGED:
            return is_reviewed and self.status not in ENDED
        takes = self.takes.items()
        unknown = next((name for name, take in takes if take.status is C.PROCESSING), None)
        if self.status is not S.NEEDS_REVIEW or resolution.captureRequestId != unknown:
            return False
        gateway_id = self.tries[self.current].gateway_id or resolution.paymentId
        return resolution.outcome is not Outcome.SUCCEEDED or bool(gateway_id)
