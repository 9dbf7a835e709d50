"""What can go wrong for a merchant service, and what it can do about it.

::

    HoldfastError
    ├── InvalidOrder               the order breaks a rule: fix the field the message names
    ├── InvalidRequest             a capture, cancel or retry request breaks a rule
    ├── PaymentReferenceReused     the reference belongs to another payment: choose a new one
    ├── PaymentNotFound            no such payment: start it with authorize()
    ├── PaymentUnavailable         Temporal or a worker cannot be reached: call again
    ├── PaymentStopped             an operator terminated the workflow: ask the gateway
    ├── NoCardVault                store_card() wants a PaymentClient with a vault
    ├── CodecKeyError              the payment is encrypted with a key that this process lacks: add it
    └── InvalidState             the payment's status does not allow it
        ├── NotAuthorized          nothing is held that could be captured
        ├── AmountExceedsAuthorization
        ├── AlreadyCaptured        the money is taken: refund instead
        ├── CaptureInProgress      another capture has no result yet
        ├── AutomaticCapture       the gateway captures this payment by itself
        ├── NotDeclined            retry() wants a declined attempt
        ├── AttemptUnconfirmed         the decline is contradicted: the gateway is being asked
        ├── RateLimited          refresh() and authorize() of one payment: get() tells what is known
        ├── NotUnderReview         there is nothing for an operator to decide
        └── PaymentEnded           the payment has ended
"""


class HoldfastError(Exception):
    """The root of everything this package raises."""


class InvalidOrder(HoldfastError):
    """The order breaks a rule; the message names field and rule, never the value."""


class InvalidRequest(HoldfastError):
    """A request to a running payment breaks a rule; the message names field and rule, never the value."""


class PaymentReferenceReused(HoldfastError):
    """The payment reference belongs to a payment with another amount, currency or merchant account."""


class PaymentNotFound(HoldfastError):
    """No payment has this reference."""


class PaymentUnavailable(HoldfastError):
    """Temporal did not answer, or no worker took the request; the same call may be made again."""


class PaymentStopped(HoldfastError):
    """The payment's workflow was terminated from outside; only the gateway knows what is held or taken."""


class NoCardVault(HoldfastError):
    """Card data has nowhere to go: the client was made without a card vault."""


class CodecKeyError(HoldfastError):
    """Something is encrypted with a key that `HOLDFAST_CODEC_KEYS` does not hold; the message names the key.

    Nothing is lost by it: with the key, the same call may be made again.
    """


class InvalidState(HoldfastError):
    """The payment's status does not allow what was asked."""


class NotAuthorized(InvalidState):
    """There is no authorization that could be captured."""


class AmountExceedsAuthorization(InvalidState):
    """The captures would add up to more than is authorized, or are in another currency."""


class AlreadyCaptured(InvalidState):
    """The money has been taken."""


class CaptureInProgress(InvalidState):
    """A capture was sent and has no result yet."""


class AutomaticCapture(InvalidState):
    """The gateway captures this payment by itself (`captureMode` is AUTOMATIC)."""


class NotDeclined(InvalidState):
    """Only a declined payment takes another attempt."""


class AttemptUnconfirmed(InvalidState):
    """Something says that the declined attempt succeeded; another one has to wait for the gateway's word."""


class RateLimited(InvalidState):
    """So much was asked of this payment that the rest of what Temporal takes is kept for commands."""


class NotUnderReview(InvalidState):
    """There is nothing for an operator to decide, or to look at."""


class PaymentEnded(InvalidState):
    """The payment is over."""


REFUSALS: dict[str, type[HoldfastError]] = {
    kind.__name__: kind
    for kind in (
        InvalidOrder,
        InvalidRequest,
        NotAuthorized,
        AmountExceedsAuthorization,
        AlreadyCaptured,
        CaptureInProgress,
        AutomaticCapture,
        NotDeclined,
        AttemptUnconfirmed,
        RateLimited,
        NotUnderReview,
        PaymentEnded,
    )
}
"""The `type` of a Temporal application error → the exception a merchant catches."""
