"""The text of a difference in the Temporal UI, with the action that a person has to take."""

from collections.abc import Mapping

from holdfast.difference_kind import DifferenceKind as K
from holdfast.reconciliation.difference import DifferenceNotice
from settlement.markdown import item, plain, utc
from settlement.operator.commands import acknowledgement

_ACTIONS: Mapping[K, str] = {
    K.UNKNOWN_PAYMENT: "Look for the order in your own records. Without an order, cancel or refund the "
    "payment in the dashboard; with one, record the payment by hand. Start no other payment for it before.",
    K.UNKNOWN_HOLD: "Cancel it in the dashboard, unless the order is to be paid with it. Otherwise it is "
    "held until the authorization expires.",
    K.UNKNOWN_CAPTURE: "Find out who captured. Refund an unjustified capture in the dashboard.",
    K.LOST_HOLD: "The authorization has ended and cannot be captured. An open order needs a new payment.",
    K.LOST_CAPTURE: "The gateway has no successful capture. If goods were shipped, ask its support.",
    K.UNATTENDED: "Capture or cancel it in the dashboard: Holdfast does not act on it.",
    K.AMOUNT: "Compare with the dashboard and with your order. Do not ship before it is explained.",
    K.PAYMENT_ID: "Two environments may share an account, or a reference was used twice: look up both ids.",
    K.STATUS: "Look the payment up in the dashboard: the dashboard shows what happened to the money.",
}


def summary(notice: DifferenceNotice) -> str:
    """Returns one line: the kind of difference, the payment, and the state in the gateway's record."""
    difference = notice.difference
    return " · ".join(
        plain(part) for part in (difference.kind, notice.paymentReference, difference.gatewayState)
    )


def details(notice: DifferenceNotice, workflow_id: str) -> str:
    """Returns the difference in Markdown, with the action that a person has to take.

    `workflow_id` is the id of the difference's workflow, which the acknowledgement is sent to.
    """
    difference = notice.difference
    lines = [
        f"**{difference.kind}**",
        item("Merchant account", notice.merchantAccount),
        item("Payment", notice.paymentReference),
        item("paymentRequestId", difference.paymentRequestId),
        item("captureRequestId", difference.captureRequestId),
        item("paymentId", difference.paymentId),
        item("State in Holdfast", difference.holdfastState),
        item("State at the gateway", difference.gatewayState),
        item("Found", utc(notice.foundAt)),
        *_end(notice, workflow_id),
    ]
    return "\n".join(line for line in lines if line)


def _end(notice: DifferenceNotice, workflow_id: str) -> list[str]:
    if notice.resolution is None:
        return [f"\n{_ACTIONS[notice.difference.kind]}", *acknowledgement(workflow_id)]
    return [item("Resolved by", notice.resolution.resolvedBy), item("Reason", notice.resolution.reason)]
