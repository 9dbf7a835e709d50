"""The facts of a payment's past that later decisions depend on, as typed values.

The audit trail reports them to people in sentences, and no decision reads it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from holdfast.observation import Observation
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus
from holdfast.validation.strict import Strict


class CancellationCause(StrEnum):
    """Why a cancellation was started."""

    REQUESTED = "REQUESTED"
    """The merchant or an operator requested it."""
    DEADLINE_PASSED = "DEADLINE_PASSED"
    """The buyer's time had passed."""
    AUTHORIZATION_EXPIRING = "AUTHORIZATION_EXPIRING"
    """The authorization was about to expire and was not captured."""
    RISK_REJECTED = "RISK_REJECTED"
    """The gateway's risk review rejected the authorization."""


class AuthorizationEnd(StrEnum):
    """How an authorization has ended, by the gateway's refusal of a capture."""

    EXPIRED = "EXPIRED"
    VOID = "VOID"


_CAUSES: Final[Mapping[Event, CancellationCause]] = {
    Event.CANCEL_REQUESTED: CancellationCause.REQUESTED,
    Event.DEADLINE_PASSED: CancellationCause.DEADLINE_PASSED,
    Event.AUTHORIZATION_EXPIRING: CancellationCause.AUTHORIZATION_EXPIRING,
    Event.RISK_REJECTED: CancellationCause.RISK_REJECTED,
}
_EXPIRY_ACTIONS: Final = frozenset({Event.AUTHORIZATION_EXPIRING, Event.CAPTURE_REQUESTED})


class Progress(Strict):
    """The facts of one payment's past that later decisions depend on."""

    revision: int = 0
    """The number of transitions of the payment."""
    lastTransitionAt: datetime | None = None
    """When the last transition was; None before the first one."""
    reviewEnteredFrom: PaymentStatus | None = None
    """The status from which the payment last became NEEDS_REVIEW."""
    reviewCount: int = 0
    """How often the payment has become NEEDS_REVIEW."""
    cancellationCause: CancellationCause | None = None
    """Why the last cancellation was started."""
    expiryActionAt: datetime | None = None
    """When the workflow last captured or voided the authorization by itself, before its expiry."""
    authorizationEnd: AuthorizationEnd | None = None
    """Set while the last transition is a capture's failure that reports the end of the authorization."""
    observations: tuple[Observation, ...] = ()
    """The evidence that was recorded and not applied, the last hundred pieces of it."""
    omittedLines: int = 0
    """How many lines in the middle of the audit trail were replaced by this count."""

    def after_transition(
        self, event: Event, source: Source, at: datetime, *, from_: PaymentStatus, to: PaymentStatus
    ) -> "Progress":
        """Returns the progress after one transition."""
        changes: dict[str, object] = {
            "revision": self.revision + 1,
            "lastTransitionAt": at,
            "authorizationEnd": None,
        }
        if to is PaymentStatus.NEEDS_REVIEW:
            changes |= {"reviewEnteredFrom": from_, "reviewCount": self.reviewCount + 1}
        if event in _CAUSES:
            changes["cancellationCause"] = _CAUSES[event]
        if source is Source.CLOCK and event in _EXPIRY_ACTIONS:
            changes["expiryActionAt"] = at
        return self.model_copy(update=changes)
