"""An operator's resolution of a payment under review.

A resolution is evidence like any other: it goes through `settle`. The audit trail names the operator, the
reason, and the operator's evidence.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from holdfast.errors import InvalidRequest
from holdfast.validation.parsing import parse_model
from holdfast.validation.strict import Strict

Line = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Outcome(StrEnum):
    """The operator's finding. `ACKNOWLEDGED` means that the review is done and nothing is decided."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    ACKNOWLEDGED = "ACKNOWLEDGED"

    @property
    def is_decision(self) -> bool:
        """Whether it states an outcome of the payment or of its capture."""
        return self is not Outcome.ACKNOWLEDGED


class Resolution(Strict):
    """The argument of the update `resolve`: about the current attempt, or about a capture.

    `resolvedBy` is a login rather than a name; `evidence` names what the operator saw, such as "dashboard,
    capture 2026..., 14:02".
    """

    outcome: Outcome
    resolvedBy: Line
    reason: Line
    evidence: Line
    captureRequestId: str | None = None
    paymentId: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """The gateway's id, as its dashboard shows it; a capture requires it."""
    force: bool = False
    """Whether it counts although the gateway does not answer, does not confirm what it reports as succeeded,
    or may still take what it reports as failed. A decision in the gateway's record still comes first."""


def parse_resolution(data: object) -> Resolution:
    """Returns the resolution that a client sent. Raises InvalidRequest: one line that repeats no value."""
    return parse_model(Resolution, data, InvalidRequest)
