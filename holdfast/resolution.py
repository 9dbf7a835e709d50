"""An operator's resolution of a payment under review.

A resolution is evidence like any other: it goes through `settle`. The audit trail names the operator, the
reason, and what was looked at.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from holdfast.errors import InvalidRequest
from holdfast.validation.parsing import parse_model
from holdfast.validation.strict import Strict

Line = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Outcome(StrEnum):
    """What the operator has found. `ACKNOWLEDGED` means: it was looked at, and nothing has to be done."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    ACKNOWLEDGED = "ACKNOWLEDGED"

    @property
    def denies_money(self) -> bool:
        """Whether it says that nothing is held or taken."""
        return self in (Outcome.FAILED, Outcome.CANCELLED)


class Resolution(Strict):
    """The argument of the update `resolve`: about the current attempt, or about a capture.

    `resolvedBy` is a login rather than a name; `evidence` says what was looked at, as in "dashboard, capture
    2026..., 14:02".
    """

    outcome: Outcome
    resolvedBy: Line
    reason: Line
    evidence: Line
    captureRequestId: str | None = None
    paymentId: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """The gateway's id, as its dashboard shows it; to capture, it has to be known."""


def parse_resolution(data: object) -> Resolution:
    """The resolution in what any client sent. Raises InvalidRequest: one line, no value repeated."""
    return parse_model(Resolution, data, InvalidRequest)
