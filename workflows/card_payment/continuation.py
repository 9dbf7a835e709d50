"""What a payment knows besides its order, as the argument of the run in which its workflow continues as new.

A workflow whose history grows towards the server's limits continues in a new run with an empty history. The
new run has the same workflow id, and this model is its second argument.
"""

from datetime import datetime
from typing import Literal

from pydantic import Field, ValidationError

from holdfast.payment import Payment
from holdfast.validation.strict import Strict
from settlement.claim import Claim
from settlement.evidence import PaymentEvidence


class CaptureProgress(Strict):
    """How far the step CAPTURING has come with the capture that is open."""

    captureRequestId: str
    revision: int
    """The payment's revision at the beginning of the step, which a later CAPTURING does not have."""
    reviewAt: datetime
    """When a capture without a result needs a review."""
    isKnown: bool = False
    """Whether the gateway knows the capture, so that only its result is awaited."""


class Continuation(Strict):
    """The state of one payment at the end of a run. Each field is the one of `PaymentState` with its name.

    `version` is raised when a field gets another meaning. A field that is added has a default, so that the
    state of an earlier release can be read.
    """

    version: Literal[1] = 1
    payment: Payment
    pending_inquiries: dict[str, int] = Field(default_factory=dict)
    pending_claims: dict[str, tuple[Claim, ...]] = Field(default_factory=dict)
    answered_claims: tuple[Claim, ...] = ()
    answered_updates: tuple[str, ...] = ()
    capture_is_slow: bool = False
    capture_progress: CaptureProgress | None = None
    sent_captures: tuple[str, ...] = ()
    notified_captures: tuple[str, ...] = ()
    used_cards: tuple[str, ...] = ()
    unconfirmed_failure: PaymentEvidence | None = None
    assumed_ends: dict[str, datetime] = Field(default_factory=dict)
    waiting_for: str = ""
    waiting_until: datetime | None = None


class UnreadableContinuation(RuntimeError):
    """This release cannot read the state of the run before: the workflow task is repeated until one can.

    It is no application error, because the payment must not fail: it may hold money.
    """


def parse_continuation(argument: object) -> Continuation:
    """Returns the state that the run before has passed on. Raises UnreadableContinuation."""
    try:
        return Continuation.model_validate(argument)
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(map(str, each["loc"])) for each in error.errors()}))
        raise UnreadableContinuation(f"the state of the run before has unreadable fields: {fields}") from None
