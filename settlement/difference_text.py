"""How a difference reads in the Temporal UI, and what it asks a person to do."""

from collections.abc import Mapping

from holdfast.difference_kind import DifferenceKind as K
from holdfast.reconciliation.difference import DifferenceNotice
from settlement.markdown import item, plain, utc

_WHAT_TO_DO: Mapping[K, str] = {
    K.UNKNOWN_PAYMENT: "Find the order in your own books. Money of no order is cancelled, or refunded, in "
    "the dashboard; money of an order is booked by hand. Do not start a payment for it before.",
    K.UNKNOWN_HOLD: "Cancel it in the dashboard, unless the order is to be paid with it. Else it is held "
    "until the authorization runs out.",
    K.UNKNOWN_CAPTURE: "Find out who captured. What was taken without a reason is refunded in the dashboard.",
    K.LOST_HOLD: "Nothing can be captured any more. If goods are promised, the order needs a new payment.",
    K.LOST_CAPTURE: "The money is not yours (any more). If goods were sent, ask the gateway's support.",
    K.UNATTENDED: "Capture or cancel it in the dashboard: nobody else does.",
    K.AMOUNT: "Compare with the dashboard and with your order. Do not ship before it is explained.",
    K.PAYMENT_ID: "Two environments may share an account, or a reference was used twice: look up both ids.",
    K.STATUS: "Look the payment up in the dashboard: what it says there is what happened to the money.",
}


def summary(notice: DifferenceNotice) -> str:
    """One line: what does not agree, for which payment, and what the gateway says."""
    difference = notice.difference
    return " · ".join(
        plain(part) for part in (difference.kind, notice.paymentReference, difference.gatewayState)
    )


def details(notice: DifferenceNotice) -> str:
    """Markdown for a person who has to decide what to do."""
    difference = notice.difference
    lines = [
        f"**{difference.kind}**",
        item("Merchant account", notice.merchantAccount),
        item("Payment", notice.paymentReference),
        item("paymentRequestId", difference.paymentRequestId),
        item("captureRequestId", difference.captureRequestId),
        item("paymentId", difference.paymentId),
        item("Holdfast says", difference.holdfastState),
        item("The gateway says", difference.gatewayState),
        item("Found", utc(notice.foundAt)),
        *_end(notice),
    ]
    return "\n".join(line for line in lines if line)


def _end(notice: DifferenceNotice) -> list[str]:
    if notice.resolution is None:
        return [f"\n{_WHAT_TO_DO[notice.difference.kind]}"]
    return [item("Seen to by", notice.resolution.resolvedBy), item("Because", notice.resolution.reason)]
