"""How a late notification reads in the Temporal UI: one line, and a few lines of Markdown."""

import re
from datetime import UTC

from antom.models import Amount
from payments.evidence import CaptureEvidence, PaymentEvidence
from payments.late import LateNotice

_ODD = re.compile(r"[^A-Za-z0-9._: -]")
_LONGEST = 64


def summary(notice: LateNotice) -> str:
    """One line: what came, for which payment, and why nobody took it."""
    parts = (notice.notifyType or "notification", notice.paymentReference, notice.reason)
    return " · ".join(_plain(part) for part in parts if part)


def details(notice: LateNotice) -> str:
    """Markdown for a person who has to decide what it means."""
    lines = [
        f"**{_plain(notice.reason)}**",
        _line("Merchant account", notice.merchantAccount),
        _line("Payment", notice.paymentReference),
        _line("Type", notice.notifyType),
        _line("Received", f"{notice.receivedAt.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"),
    ]
    if notice.facts:
        lines += _claim(notice.facts.evidence)
    return "\n".join(line for line in lines if line)


def _claim(evidence: PaymentEvidence | CaptureEvidence) -> list[str]:
    if isinstance(evidence, PaymentEvidence):
        request = _line("paymentRequestId", evidence.paymentRequestId)
    else:
        request = _line("captureRequestId", evidence.captureRequestId)
    return [
        _line("Says", f"{evidence.verdict} {evidence.resultCode or ''}"),
        _line("Amount", _amount(evidence)),
        request,
        _line("paymentId", evidence.paymentId),
    ]


def _amount(evidence: PaymentEvidence | CaptureEvidence) -> str | None:
    if not evidence.currency or not evidence.value:
        return None
    try:
        return Amount(currency=evidence.currency, value=evidence.value).display
    except ValueError:
        return f"{evidence.currency} {evidence.value} in minor units"


def _line(name: str, value: str | None) -> str:
    return f"- {name}: `{_plain(value)}`" if value else ""


def _plain(text: str) -> str:
    """What others wrote, without anything Markdown or HTML could take for its own."""
    return _ODD.sub("?", text[:_LONGEST]).strip()
