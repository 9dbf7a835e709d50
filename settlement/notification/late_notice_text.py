"""How a late notification reads in the Temporal UI: one line, and a few lines of Markdown."""

from settlement.evidence import CaptureEvidence, PaymentEvidence
from settlement.markdown import claimed_amount, item, plain, utc
from settlement.notification.late_notice import LateNotice


def summary(notice: LateNotice) -> str:
    """One line: what came, for which payment, and why nobody took it."""
    parts = (notice.notifyType or "notification", notice.paymentReference, notice.reason)
    return " · ".join(plain(part) for part in parts if part)


def details(notice: LateNotice) -> str:
    """Markdown for a person who has to decide what it means."""
    lines = [
        f"**{plain(notice.reason)}**",
        item("Merchant account", notice.merchantAccount),
        item("Payment", notice.paymentReference),
        item("Type", notice.notifyType),
        item("Received", utc(notice.receivedAt)),
    ]
    if notice.facts:
        lines += _claim(notice.facts.evidence)
    return "\n".join(line for line in lines if line)


def _claim(evidence: PaymentEvidence | CaptureEvidence) -> list[str]:
    if isinstance(evidence, PaymentEvidence):
        request = item("paymentRequestId", evidence.paymentRequestId)
    else:
        request = item("captureRequestId", evidence.captureRequestId)
    return [
        item("Says", f"{evidence.verdict} {evidence.resultCode or ''}"),
        item("Amount", claimed_amount(evidence)),
        request,
        item("paymentId", evidence.paymentId),
    ]
