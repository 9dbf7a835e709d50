"""The errors that Holdfast raises to a merchant service, and what the service can do about each.

::

    HoldfastError
    ├── InvalidOrder                       the order breaks a rule: correct the field that the message names
    ├── InvalidRequest                     another request breaks a rule: correct the field that is named
    ├── PaymentReferenceReused             the reference belongs to another payment: choose a new one
    ├── PaymentNotFound                    no payment has the reference: start it with authorize()
    ├── PaymentUnavailable                 there was no answer, `reason` says why: make the same call again
    │   └── TemporalUnavailable            Temporal cannot be reached, or refuses: check the settings it names
    ├── PaymentStopped                     an operator terminated the workflow: look at the gateway's record
    ├── NoCardVault                        the client has no card vault: pass one to PaymentClient
    ├── CodecKeyError                      a codec key is missing: add the key that the message names
    ├── TemporalSettingsError              a variable of Temporal is wrong: correct those that are named
    ├── WaitTimedOut                       wait() has ended before the payment has a status: wait again
    └── InvalidState                       the payment's status does not allow the request: call get()
        ├── NotAuthorized                  there is no authorization to capture: wait for AUTHORIZED
        ├── AmountExceedsAuthorization     the captures would exceed the authorization: capture less
        ├── AlreadyCaptured                the payment is captured: refund it instead
        ├── CaptureInProgress              another capture has no result yet: wait for it
        ├── UnderRiskReview                the gateway's risk review is not decided: wait, then capture
        ├── AutomaticCapture               the gateway captures this payment itself: wait for CAPTURED
        ├── NotDeclined                    the payment is not declined: retry() needs a declined attempt
        ├── AttemptUnconfirmed             the decline is contradicted: wait until the gateway confirms it
        ├── RateLimited                    too many calls for one payment: read it with get()
        ├── NotUnderReview                 the payment is not under review: resolve() has nothing to decide
        ├── ResolutionUnconfirmed          the gateway does not confirm the finding: wait, or use force
        └── PaymentEnded                   the payment is final: read it with get()

A message names the payment or the field, states what is known, and says what to do next. It is for people and
can change: a program reads the class and the attributes.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.payment import Payment


class HoldfastError(Exception):
    """The base class of every error that Holdfast raises.

    Attributes:
        payment_reference: The payment that the call was about; None where it was about none.
    """

    payment_reference: str | None = None


class InvalidOrder(HoldfastError):
    """The order breaks a rule, and nothing was sent to the gateway.

    The message names the field and the rule, never the value. Correct the order, and authorize it again:
    under the same reference where the error was raised before the call left the process, and under a new
    reference where the workflow raised it.
    """


class InvalidRequest(HoldfastError):
    """A request other than an order breaks a rule, and nothing has changed.

    The message names the field and the rule, never the value. Correct the field and make the call again.
    """


class PaymentReferenceReused(HoldfastError):
    """The payment reference belongs to a payment that was started with another order.

    Amount, currency, merchant account, capture mode and payment method are compared.
    The existing payment is unchanged. Choose a new reference for the new payment.
    """


class PaymentNotFound(HoldfastError):
    """No payment has this reference. Start the payment with `authorize`."""


class UnavailableReason(StrEnum):
    """Why a call has no answer, as far as that is known."""

    TEMPORAL_UNREACHABLE = "TEMPORAL_UNREACHABLE"
    """Temporal does not answer."""
    TEMPORAL_REFUSED = "TEMPORAL_REFUSED"
    """Temporal refuses this client, or has no such namespace."""
    NOT_STARTED = "NOT_STARTED"
    """Temporal answers and does not have the payment."""
    NO_WORKER = "NO_WORKER"
    """The payment waits for a worker, and none takes it."""
    WORKER_FAILS = "WORKER_FAILS"
    """Every worker that takes the payment fails, for example without its codec key."""
    NO_ANSWER = "NO_ANSWER"
    """Nothing else is known: Temporal or the worker is busy."""


class PaymentUnavailable(HoldfastError):
    """A call has no answer, and the request may have been delivered.

    Make the same call again, with the same reference and the same key: no call charges or captures twice.

    Attributes:
        reason: Why there is no answer.
        is_started: Whether Temporal has the payment; None where that is not known. A payment that it does
            not have can still appear, where the request is on its way.
        may_hold_money: False where the payment has sent nothing to the gateway so far. It goes on as soon as
            a worker runs.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: UnavailableReason = UnavailableReason.NO_ANSWER,
        is_started: bool | None = None,
        may_hold_money: bool = True,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.is_started = is_started
        self.may_hold_money = may_hold_money


class TemporalUnavailable(PaymentUnavailable):
    """Temporal cannot be reached, refuses this client, or has no such namespace.

    Attributes:
        address: The address, as `host:port`.
        namespace: The namespace.
    """

    def __init__(self, message: str, *, reason: UnavailableReason, address: str, namespace: str) -> None:
        super().__init__(message, reason=reason)
        self.address = address
        self.namespace = namespace


class PaymentStopped(HoldfastError):
    """An operator terminated the payment's workflow.

    Only the gateway knows what is authorized or captured. Look at its record before you do anything else.
    """


class NoCardVault(HoldfastError):
    """The client was created without a card vault. Pass a vault to `PaymentClient` to store card data."""


class CodecKeyError(HoldfastError):
    """`HOLDFAST_CODEC_KEYS` is malformed, or does not contain the key of a payload.

    The message names the key's id. No data is lost: add the key and make the same call again. The payment
    itself goes on: `authorize` may have started it.
    """


class TemporalSettingsError(HoldfastError, ValueError):
    """Variables of Temporal, or its profile file, cannot be used. The message names each and no value.

    Attributes:
        problems: Each variable with the rule that it breaks.
    """

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{variable} {rule}" for variable, rule in problems))
        self.problems = tuple(problems)


class WaitTimedOut(HoldfastError, TimeoutError):
    """The payment did not reach one of the awaited statuses in time. It goes on: wait again, or read it.

    Attributes:
        payment: The payment as it was read last; None where it could not be read in time.
    """

    def __init__(self, message: str, payment: "Payment | None") -> None:
        super().__init__(message)
        self.payment = payment


class InvalidState(HoldfastError):
    """The payment's current status does not allow the request. Read the payment with `get`."""


class NotAuthorized(InvalidState):
    """The payment has no authorization that could be captured. Wait until its status is AUTHORIZED."""


class AmountExceedsAuthorization(InvalidState):
    """The captures would exceed the authorized amount, or use another currency. Capture a lower amount."""


class AlreadyCaptured(InvalidState):
    """The payment is captured already. Refund it instead of cancelling it or capturing it again."""


class CaptureInProgress(InvalidState):
    """A capture was sent and has no result yet. Wait for its result before the next request."""


class UnderRiskReview(InvalidState):
    """The gateway's risk review of the authorization is not decided, or it has rejected the authorization.

    Capture when `authReviewStatus` is ACCEPT. After REJECT, Holdfast releases the authorization.
    """


class AutomaticCapture(InvalidState):
    """The gateway captures this payment itself (`captureMode` is AUTOMATIC). Wait until it is CAPTURED."""


class NotDeclined(InvalidState):
    """The payment is not DECLINED. Only a declined payment can have another attempt."""


class AttemptUnconfirmed(InvalidState):
    """Evidence contradicts the decline of the current attempt, which may have succeeded.

    Holdfast is asking the gateway. Retry later, when the gateway has confirmed the decline.
    """


class RateLimited(InvalidState):
    """The payment has received too many requests of one kind, which the message names.

    Temporal limits the updates of one workflow, so each kind of request has a share of its own. Read the
    payment with `get`, which has no such limit. `PaymentClient` does so by itself where the request would
    change nothing.
    """


class NotUnderReview(InvalidState):
    """The payment is not under review, so that an operator has nothing to decide or to acknowledge."""


class ResolutionUnconfirmed(InvalidState):
    """The gateway has not answered, or its record contradicts a resolution without deciding the payment.

    It has no trace of what is reported as succeeded, leaves it open or has it with another amount; or it may
    still take what is reported as failed. The same error reports that the payment went on with another
    attempt or capture during the inquiry.
    The resolution is not applied. Send it again when the gateway answers. Where you have seen the outcome in
    the gateway's dashboard, send it with `force`.
    """


class PaymentEnded(InvalidState):
    """The payment has a final status and accepts no more requests. Read it with `get`."""


REFUSALS: dict[str, type[HoldfastError]] = {
    kind.__name__: kind
    for kind in (
        InvalidOrder,
        InvalidRequest,
        NotAuthorized,
        AmountExceedsAuthorization,
        AlreadyCaptured,
        CaptureInProgress,
        UnderRiskReview,
        AutomaticCapture,
        NotDeclined,
        AttemptUnconfirmed,
        RateLimited,
        NotUnderReview,
        ResolutionUnconfirmed,
        PaymentEnded,
    )
}
"""Maps the `type` of a Temporal application error to the exception that `PaymentClient` raises."""
