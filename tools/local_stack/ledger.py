"""What the gateway simulator shows of money, calls and notifications, as models; amounts in minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Attempt(_Row):
    """One paymentRequestId with the number of calls about it."""

    paymentRequestId: str
    orderId: str
    paymentId: str = ""
    status: str
    authorizedAmount: int = 0
    heldAmount: int = 0
    capturedAmount: int = 0
    voided: bool = False
    payCalls: int = 0
    captureCalls: int = 0
    cancelCalls: int = 0
    inquiries: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the buyer or the gateway can still decide it."""
        return self.status in ("PROCESSING", "PENDING")


class Capture(_Row):
    """One capture of an order."""

    status: str


class Order(_Row):
    """All attempts of one payment together."""

    liveAuthorizations: int = 0
    maxLiveAuthorizations: int = 0
    capturedAmount: int = 0
    captures: tuple[Capture, ...] = ()


class Entry(_Row):
    """One movement of money."""

    kind: str
    referenceOrderId: str
    amount: int
    captureRequestId: str | None = None


@dataclass(frozen=True)
class OrderSummary:
    """One order, with calls and amounts added up over its attempts; all zero for an unknown order."""

    attempts: int = 0
    live: int = 0
    most_live: int = 0
    held: int = 0
    captured: int = 0
    voided: int = 0
    pay_calls: int = 0
    capture_calls: int = 0
    cancel_calls: int = 0
    inquiries: int = 0


class Ledger(_Row):
    """All movements of money, by the gateway's own record."""

    payments: Mapping[str, Attempt]
    orders: Mapping[str, Order]
    events: tuple[Entry, ...]

    def attempts_of(self, reference: str) -> Sequence[Attempt]:
        """The attempts of one order."""
        return [attempt for attempt in self.payments.values() if attempt.orderId == reference]

    def summary(self, reference: str) -> OrderSummary:
        """One order, added up."""
        order, attempts = self.orders.get(reference, Order()), self.attempts_of(reference)
        return OrderSummary(
            attempts=len(attempts),
            live=order.liveAuthorizations,
            most_live=order.maxLiveAuthorizations,
            captured=order.capturedAmount,
            held=sum(attempt.heldAmount for attempt in attempts),
            voided=sum(attempt.voided for attempt in attempts),
            pay_calls=sum(attempt.payCalls for attempt in attempts),
            capture_calls=sum(attempt.captureCalls for attempt in attempts),
            cancel_calls=sum(attempt.cancelCalls for attempt in attempts),
            inquiries=sum(attempt.inquiries for attempt in attempts),
        )


class Call(_Row):
    """One call of the merchant; `resultStatus` is None while the gateway works on it."""

    operation: str
    paymentRequestId: str | None
    paymentId: str | None
    resultCode: str | None
    resultStatus: str | None


class Delivery(_Row):
    """One delivery of a notification; `answer` is an HTTP status, the name of an error, or None so far."""

    at: AwareDatetime | None = None
    forged: bool
    answer: int | str | None = None
    acknowledged: bool = False


class SentNotification(_Row):
    """One notification with its deliveries."""

    notifyType: str = ""
    paymentRequestId: str
    fault: str | None = None
    body: Mapping[str, object] = {}
    attempts: tuple[Delivery, ...]
    acknowledged: bool = False

    @property
    def acknowledged_delivery_at(self) -> datetime | None:
        """The time of the first genuine delivery that was acknowledged; None when there is none."""
        times = (each.at for each in self.attempts if each.acknowledged and not each.forged)
        return next(times, None)

    def reports_success(self, payment_request_id: str) -> bool:
        """Whether it reports, with the true amount, that this attempt has succeeded."""
        result = self.body.get("result")
        succeeded = isinstance(result, Mapping) and result.get("resultStatus") == "S"
        is_of = self.paymentRequestId == payment_request_id and self.notifyType == "PAYMENT_RESULT"
        return is_of and succeeded and self.fault != "wrong_amount"


class KeysInForce(_Row):
    """The public keys in force, as the gateway's dashboard shows them."""

    merchantPublicKeys: tuple[str, ...]
    gatewayPublicKey: str
    nextGatewayPublicKey: str | None


def reference_of(request_id: str) -> str:
    """The payment reference that a paymentRequestId begins with.

    A judge of the product does not use the parser of the product.
    """
    return request_id.rpartition("-")[0]
