"""One point in which Holdfast and the gateway do not agree about a payment, and how a person is told."""

import hashlib
from typing import Annotated

from pydantic import AwareDatetime, Field

from holdfast.difference_kind import DifferenceKind
from holdfast.errors import InvalidRequest
from holdfast.resolution import Outcome, Resolution, parse_resolution
from holdfast.status import PaymentStatus
from holdfast.temporal.names import PAYMENT_REFERENCE, difference_id
from holdfast.validation.strict import Strict

_DIGEST = 16


class Difference(Strict):
    """What Holdfast believes and what the gateway says of one attempt, or of one capture."""

    kind: DifferenceKind
    paymentRequestId: str
    captureRequestId: str | None = None
    paymentId: str | None = None
    """The gateway's id, as the gateway tells it."""
    holdfastSays: str
    gatewaySays: str

    @property
    def digest(self) -> str:
        """The same for the same difference, however often it is found."""
        facts = (self.kind, self.paymentRequestId, self.captureRequestId or "", self.gatewaySays)
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:_DIGEST]


class DifferenceNotice(Strict):
    """The argument of the workflow `Difference`, and with a `resolution` its result."""

    merchantAccount: str
    paymentReference: Annotated[str, Field(pattern=PAYMENT_REFERENCE)]
    paymentStatus: PaymentStatus | None = None
    """None where there is no such payment in Temporal."""
    foundAt: AwareDatetime
    difference: Difference
    resolution: Resolution | None = None
    """Who has looked at it, and what came of it."""

    @property
    def workflow_id(self) -> str:
        """The same for the same difference, so that it is reported once."""
        return difference_id(self.paymentReference, self.difference.digest)


def parse_difference_resolution(data: object) -> Resolution:
    """The word that closes a difference. Raises InvalidRequest: an operator can only say that it was seen to.

    What is true of the money is the gateway's to say: the next reconciliation asks it again.
    """
    resolution = parse_resolution(data)
    if resolution.outcome is not Outcome.SEEN:
        raise InvalidRequest("outcome: must be SEEN, what is true of the money is the gateway's to say")
    return resolution
