"""The text of a late notification in the Temporal UI: one line, and details in Markdown."""

from settlement.evidence import CaptureEvidence, PaymentEvidence
from settlement.markdown import displayed_amount, item, plain, utc
from settlement.notification.late_notice import LateNotice

_ACTION = "- Compare it with the gateway's dashboard, correct it there, and reconcile the payment"


def summary(notice: LateNotice) -> str:
    """Returns one line: the type, the payment, and the reason why no payment accepted it."""
    parts = (notice.notifyType or "notification", notice.paymentReference, notice.reason)
    return " · ".join(plain(part) for part in parts if part)


def details(notice: LateNotice) -> str:
    """Returns the details of the notification in Markdown."""
    lines = [
        f"**{plain(notice.reason)}**",
        item("Merchant account", notice.merchantAccount),
        item("Payment", notice.paymentReference),
        item("Ended as", notice.paymentStatus),
        item("Type", notice.notifyType),
        item("Received", utc(notice.receivedAt)),
    ]
    if notice.facts:
        lines += _evidence(notice.facts.evidence)
    if notice.needsReview:
        lines.append(_ACTION)
    return "\n".join(line for line in lines if line)


def _evidence(evidence: PaymentEvidence | CaptureEvidence) -> list[str]:
    if isinstance(evidence, PaymentEvidence):
        named = [item("paymentRequestId", evidence.paymentRequestId)]
        named.append(item("Risk review", evidence.authReviewStatus))
    else:
        named = [item("captureRequestId", evidence.captureRequestId)]
    return [
        item("Outcome", f"{evidence.verdict} {evidence.resultCode or ''}"),
        item("Amount", displayed_amount(evidence)),
        *named,
        item("paymentId", evidence.paymentId),
    ]
