"""The answers of the control endpoints. Each is checked against its model before it is sent."""

from typing import Literal

from pydantic import Field, JsonValue

from simulator.control.model import ControlModel

_NOT_KEPT = "Null where the texts of so old an exchange are not kept any more."


class Problem(ControlModel):
    """Why a request is refused."""

    error: str = Field(description="One line that names each invalid field and its rule.")


class Health(ControlModel):
    """The process answers."""

    status: Literal["ok"]


class LedgerCapture(ControlModel):
    """One capture. Amounts are integers in minor units."""

    paymentRequestId: str
    captureRequestId: str
    captureId: str
    amount: int
    status: str
    code: str


class LedgerPayment(ControlModel):
    """One payment attempt, which is one paymentRequestId. Amounts are integers in minor units."""

    paymentRequestId: str
    paymentId: str
    orderId: str
    status: str
    code: str
    amount: int
    currency: str
    captureMode: Literal["MANUAL", "AUTOMATIC"]
    authorizedAmount: int
    heldAmount: int
    capturedAmount: int
    refundedAmount: int
    captures: list[LedgerCapture]
    authReviewStatus: str | None
    voided: bool
    expired: bool
    payCalls: int
    captureCalls: int
    cancelCalls: int
    inquiries: int
    page: str | None = Field(description="The hosted page to which the buyer is redirected.")
    createdAt: str
    authExpiryTime: str | None


class BuyerResult(LedgerPayment):
    """The payment after the buyer's action."""

    inTime: bool = Field(description="False where the payment was decided before.")


class LedgerOrder(ControlModel):
    """All payment attempts of one referenceOrderId together. Amounts are integers in minor units."""

    liveAuthorizations: int
    maxLiveAuthorizations: int = Field(description="The most that were live at the same time.")
    capturedAmount: int
    captures: list[LedgerCapture]
    currency: str


class LedgerEvent(ControlModel):
    """One movement of money, or a change without one (`amount` 0)."""

    at: str
    kind: str
    paymentRequestId: str
    paymentId: str
    referenceOrderId: str
    amount: int
    currency: str
    captureRequestId: str = Field(default="", description="Absent where no capture is concerned.")


class LedgerAnswer(ControlModel):
    """Payments by paymentRequestId, orders by referenceOrderId, and events, oldest first."""

    payments: dict[str, LedgerPayment]
    orders: dict[str, LedgerOrder]
    events: list[LedgerEvent]


class ExchangeAnswer(ControlModel):
    """One HTTP request with its answer, without card data."""

    method: str
    path: str
    requestHeaders: dict[str, str]
    requestBody: str
    stringToVerify: str = Field(description="What the signature of the request is verified against.")
    status: int | None = Field(description="Null where no answer was sent, or received, yet.")
    responseHeaders: dict[str, str]
    responseBody: str | None
    abortedAfter: int | None = Field(description="After how many bytes a fault aborted the connection.")
    error: str | None = Field(description="Why a notification got no answer.")


class CallSummary(ControlModel):
    """One gateway call. `at` is in simulated time and `receivedAt` in real time."""

    at: str
    operation: str
    paymentRequestId: str | None
    paymentId: str | None
    captureRequestId: str | None
    fault: str | None
    resultCode: str | None
    resultStatus: str | None
    id: str
    receivedAt: str
    durationMs: float | None
    status: int | None
    refusal: str | None = Field(description="Why the client id or the signature was refused.")


class CallDetail(CallSummary):
    """One gateway call with its headers and bodies."""

    exchange: ExchangeAnswer | None = Field(description=_NOT_KEPT)


class AttemptSummary(ControlModel):
    """One send of a notification. `at` is in simulated time and `sentAt` in real time."""

    at: str
    forged: bool
    answer: int | str | None = Field(description="The HTTP status, or the class of an error.")
    acknowledged: bool
    forgery: str | None
    resent: bool
    sentAt: str
    durationMs: float | None


class AttemptDetail(AttemptSummary):
    """One send of a notification with its headers and bodies."""

    exchange: ExchangeAnswer | None = Field(description=_NOT_KEPT)


class _Notification(ControlModel):
    notifyType: str
    paymentRequestId: str
    paymentId: str
    captureRequestId: str | None
    url: str
    fault: str | None
    body: dict[str, JsonValue]
    acknowledged: bool
    id: str
    createdAt: str
    state: Literal["PENDING", "HELD", "ACKNOWLEDGED", "EXHAUSTED", "NOT_SENT"] = Field(
        description="EXHAUSTED: sent eight times, never acknowledged. NOT_SENT: the fault none suppresses it."
    )
    nextSendAt: str | None = Field(description="When it is sent next, in simulated time.")


class NotificationSummary(_Notification):
    """One notification with its sends."""

    attempts: list[AttemptSummary]


class NotificationDetail(_Notification):
    """One notification with the headers and bodies of its sends."""

    attempts: list[AttemptDetail]


class HoldsAnswer(ControlModel):
    """What is held."""

    all: bool = Field(description="Whether the notifications of all payments are held.")
    exceptions: list[str] = Field(description="The paymentRequestIds for which the opposite applies.")


class FaultAnswer(ControlModel):
    """One fault and how often it was injected."""

    on: str
    fault: str
    times: int
    skip: int
    match: str
    code: str
    seconds: float
    used: int
    id: str


class KeysAnswer(ControlModel):
    """The client id and the public keys, base64 DER. Private keys are in files alone."""

    clientId: str
    merchantPublicKeys: list[str]
    gatewayPublicKey: str
    nextGatewayPublicKey: str | None


class ClockAnswer(ControlModel):
    """The simulated time, the real time, and the seconds between them."""

    now: str
    realTime: str
    ahead: float
    timeScale: float


class Advanced(ControlModel):
    """The clock was moved."""

    advanced: float
