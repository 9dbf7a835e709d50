"""A terminal shows a text of the gateway or of a merchant, and executes no part of it."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from rich.console import RenderableType

from holdfast.antom.models import CaptureMode
from holdfast.cli.output import OneLine, SafeConsole, show
from holdfast.cli.terminal_text import printable
from holdfast.cli.views.payment_panel import payment_panel
from holdfast.cli.views.payment_table import payment_table
from holdfast.payment import CaptureStatus
from holdfast.payment_list import ListedPayment
from holdfast.statuses.payment_status import PaymentStatus as S
from tests.support.settlement.evidence import capture, payment_at

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ESCAPES = "\x1b[2J\x1b]0;title\x07\x9b31mPAID\u202eDIAP\r"
MARKUP = "[red]x[/red] [link=http://evil.example]y[/link] [/]"


def printed(*parts: RenderableType | OneLine) -> str:
    out = StringIO()
    show(*parts, out=SafeConsole(file=out, width=200, highlight=False, force_terminal=False))
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("EUR 300.00 → captured\n\tü", "EUR 300.00 → captured\n\tü"),
        ("a\x1b[31mb\x1b[0m", "a[31mb[0m"),
        ("a\x9b31mb\x7f\x00", "a31mb"),
        ("a\u202eb\u2066c", "abc"),
    ],
)
def test_control_characters_are_not_printed(text: str, shown: str) -> None:
    assert printable(text) == shown


def listed(**fields: Any) -> ListedPayment:
    return ListedPayment(paymentReference="ORDER_1", startedAt=NOW, **fields)


@pytest.mark.parametrize("field", ["referenceOrderId", "merchantAccount", "paymentId", "summary"])
def test_list_shows_markup_and_executes_no_escape(field: str) -> None:
    text = printed(payment_table([listed(**{field: ESCAPES + MARKUP})], NOW, width=200))
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert "\u202e" not in text
    assert "[red]x[/red]" in text


@pytest.mark.parametrize("hostile", [ESCAPES, MARKUP])
def test_panel_shows_the_id_of_an_automatic_capture_as_it_is(hostile: str) -> None:
    made = capture(CaptureStatus.SUCCESS).model_copy(
        update={"captureRequestId": hostile, "captureId": hostile, "resultCode": hostile}
    )
    payment = payment_at(S.CAPTURED, CaptureMode.AUTOMATIC, captures=(made,))
    text = printed(payment_panel(payment, NOW))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.count(printable(hostile).strip()) == 3
