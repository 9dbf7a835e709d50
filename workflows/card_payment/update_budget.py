"""The number of updates of one workflow run, shared among the kinds of updates.

A server accepts 2,000 updates of one run by default (`history.maxTotalUpdates`) and no further one, whatever
it is for. It counts accepted updates; those that a validator refuses do not count. Each kind has a share of
its own here, so that no kind uses up what another one needs.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from holdfast.errors import RateLimited
from holdfast.order import CaptureRequest, RetryRequest
from holdfast.payment import Payment
from holdfast.repeated_requests import attempt_with_key, is_capture_repeated
from holdfast.statuses.payment_status import PaymentStatus

SERVER_LIMIT = 2000
"""How many updates of one run a server accepts by default."""


class UpdateKind(StrEnum):
    """What an update is for. The value names it in a refusal."""

    READ = "authorize and refresh"
    RECONCILIATION = "reconcile"
    COMMAND = "capture and retry"
    REPEAT = "repeated capture and retry"
    """A capture or a retry that is answered with the one that was made or is in progress."""
    CANCELLATION = "cancel"
    REPEATED_CANCELLATION = "repeated cancel"
    """A cancel of a payment that is being cancelled or was cancelled."""
    RESOLUTION = "resolve"


SHARES: Mapping[UpdateKind, int] = {
    UpdateKind.READ: 300,
    UpdateKind.RECONCILIATION: 100,
    UpdateKind.COMMAND: 300,
    UpdateKind.REPEAT: 300,
    UpdateKind.CANCELLATION: 300,
    UpdateKind.REPEATED_CANCELLATION: 200,
    UpdateKind.RESOLUTION: 300,
}
"""The largest number of accepted updates of each kind. Their sum stays below the server's limit, which counts
updates that are not accepted yet too."""


def capture_kind(payment: Payment, request: CaptureRequest) -> UpdateKind:
    """Returns the kind of a capture request that the payment accepts now."""
    return UpdateKind.REPEAT if is_capture_repeated(payment, request) else UpdateKind.COMMAND


def retry_kind(payment: Payment, request: RetryRequest) -> UpdateKind:
    """Returns the kind of a retry request that the payment accepts now."""
    is_known = attempt_with_key(payment, request.key) is not None
    return UpdateKind.REPEAT if is_known else UpdateKind.COMMAND


def cancellation_kind(payment: Payment) -> UpdateKind:
    """Returns the kind of a cancel request that the payment accepts now."""
    is_repeated = payment.status in {PaymentStatus.CANCELLING, PaymentStatus.CANCELLED}
    return UpdateKind.REPEATED_CANCELLATION if is_repeated else UpdateKind.CANCELLATION


class UpdateBudget:
    """The updates that one run of a workflow has accepted. A new run starts with a new budget."""

    def __init__(self) -> None:
        self._used: Counter[UpdateKind] = Counter()

    def refuse_excess(self, kind: UpdateKind) -> None:
        """Raises RateLimited where the share of this kind is used up."""
        if self._used[kind] >= SHARES[kind]:
            raise RateLimited(
                f"{kind}: the {SHARES[kind]} updates of this payment for it are used up, read the payment "
                "with the query `payment`"
            )

    def count(self, kind: UpdateKind) -> None:
        """Counts one accepted update."""
        self._used[kind] += 1
