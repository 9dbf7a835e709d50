"""The errors that Holdfast raises to a merchant service, and what the service can do about each.

::

    HoldfastError
    ├── InvalidOrder                       the order breaks a rule: correct the field that the message names
    ├── InvalidRequest                     another request breaks a rule: correct the field that is named
    ├── PaymentReferenceReused             the reference belongs to another payment: choose a new one
    ├── PaymentNotFound                    no payment has the reference: start it with authorize()
    ├── PaymentUnavailable                 Temporal or a worker did not answer: make the same call again
    ├── PaymentStopped                     an operator terminated the workflow: look at the gateway's record
    ├── NoCardVault                        the client has no card vault: pass one to PaymentClient
    ├── CodecKeyError                      a codec key is missing: add the key that the message names
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
"""


class HoldfastError(Exception):
    """The base class of every error that Holdfast raises."""


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


class PaymentUnavailable(HoldfastError):
    """Temporal did not answer, or no worker handled the request in time.

    The request may have been delivered. Make the same call again: no call charges or captures twice.
    """


class PaymentStopped(HoldfastError):
    """An operator terminated the payment's workflow.

    Only the gateway knows what is authorized or captured. Look at its record before you do anything else.
    """


class NoCardVault(HoldfastError):
    """The client was created without a card vault. Pass a vault to `PaymentClient` to store card data."""


class CodecKeyError(HoldfastError):
    """A payload is encrypted with a key that `HOLDFAST_CODEC_KEYS` does not contain.

    The message names the key. No data is lost: add the key and make the same call again.
    """


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
    """The gateway has not answered, or its record has no trace of what a resolution reports as succeeded.

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
