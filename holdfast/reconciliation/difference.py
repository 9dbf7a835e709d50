"""A difference between the state of a payment and the gateway's record, and its notice to operators."""

import hashlib
from typing import Annotated

from pydantic import AwareDatetime, Field

from holdfast.difference_kind import DifferenceKind
from holdfast.errors import InvalidRequest
from holdfast.resolution import Outcome, Resolution, parse_resolution
from holdfast.statuses.payment_status import PaymentStatus
from holdfast.temporal.names import PAYMENT_REFERENCE, difference_id
from holdfast.validation.strict import Strict

_DIGEST = 16


class Difference(Strict):
    """A difference in one attempt, or in one capture: the state in Holdfast and at the gateway."""

    kind: DifferenceKind
    paymentRequestId: str
    captureRequestId: str | None = None
    paymentId: str | None = None
    """The payment id that the gateway reports."""
    holdfastState: str
    gatewayState: str

    @property
    def digest(self) -> str:
        """The digest that identifies the difference. The same difference always has the same digest."""
        facts = (self.kind, self.paymentRequestId, self.captureRequestId or "", self.gatewayState)
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:_DIGEST]


class DifferenceNotice(Strict):
    """The argument of the workflow type `Difference` and, with a `resolution`, its result."""

    merchantAccount: str
    paymentReference: Annotated[str, Field(pattern=PAYMENT_REFERENCE)]
    paymentStatus: PaymentStatus | None = None
    """The status of the payment, or None when Temporal has no such payment."""
    foundAt: AwareDatetime
    difference: Difference
    resolution: Resolution | None = None
    """The note of the operator who has acknowledged the difference."""

    @property
    def workflow_id(self) -> str:
        """The workflow id of the notice, which is unique for each difference, so that it is reported once."""
        return difference_id(self.paymentReference, self.difference.digest)


def parse_difference_resolution(data: object) -> Resolution:
    """Validates the resolution that closes a difference.

    An operator can only acknowledge it: the gateway's record decides about the money, and the next
    reconciliation reads it again.

    Raises:
        InvalidRequest: The resolution breaks a rule, or its outcome is not ACKNOWLEDGED.
    """
    resolution = parse_resolution(data)
    if resolution.outcome is not Outcome.ACKNOWLEDGED:
        raise InvalidRequest("outcome: must be ACKNOWLEDGED, only the gateway's record decides the rest")
    return resolution
