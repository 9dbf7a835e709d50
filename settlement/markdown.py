"""Markdown for the Temporal UI, made of text from untrusted sources."""

import re
from datetime import UTC, datetime

from holdfast.antom.models import Amount
from settlement.evidence import CaptureEvidence, PaymentEvidence

_UNSAFE = re.compile(r"[^A-Za-z0-9._: -]")
_LONGEST = 64


def item(name: str, value: str | None) -> str:
    """Returns one item of a list; an empty text where there is no value."""
    return f"- {name}: `{plain(value)}`" if value else ""


def plain(text: str) -> str:
    """Returns at most 64 characters of a text, without characters that Markdown or HTML interprets."""
    return _UNSAFE.sub("?", text[:_LONGEST]).strip()


def utc(moment: datetime) -> str:
    """Returns a moment in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def displayed_amount(evidence: PaymentEvidence | CaptureEvidence) -> str | None:
    """Returns the amount of the evidence, as in `EUR 300.00`; an invalid one is returned as it was sent."""
    if not evidence.currency or not evidence.value:
        return None
    try:
        return Amount(currency=evidence.currency, value=evidence.value).display
    except ValueError:
        return f"{evidence.currency} {evidence.value} in minor units"
