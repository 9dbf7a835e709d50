"""Lines that an operator reads in the Temporal UI, made of what others wrote."""

import re
from datetime import UTC, datetime

from holdfast.antom.models import Amount
from settlement.evidence import CaptureEvidence, PaymentEvidence

_ODD = re.compile(r"[^A-Za-z0-9._: -]")
_LONGEST = 64


def item(name: str, value: str | None) -> str:
    """One item of a list; empty without a value."""
    return f"- {name}: `{plain(value)}`" if value else ""


def plain(text: str) -> str:
    """What others wrote, without anything Markdown or HTML could take for its own."""
    return _ODD.sub("?", text[:_LONGEST]).strip()


def utc(moment: datetime) -> str:
    """A moment to the second, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def claimed_amount(evidence: PaymentEvidence | CaptureEvidence) -> str | None:
    """The amount that evidence carries, as in `EUR 300.00`; what no rule allows is shown as it came."""
    if not evidence.currency or not evidence.value:
        return None
    try:
        return Amount(currency=evidence.currency, value=evidence.value).display
    except ValueError:
        return f"{evidence.currency} {evidence.value} in minor units"
