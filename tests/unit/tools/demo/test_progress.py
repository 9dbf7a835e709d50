"""What is said while the payments run: in a file every change once, in a terminal one line a payment."""

import io

from rich.console import Console

from holdfast import PaymentStatus
from holdfast.payment_event import Event
from holdfast.source import Source
from settlement.audit_trail import apply_event
from tests.support.tools.payments import NOW, payment
from tools.demo.progress import WIDE, Progress, trail

STARTED = payment(PaymentStatus.AUTHORIZING)
DECLINED = apply_event(STARTED, Event.DECLINED, NOW, Source.PAY_RESPONSE)
TITLES = {"own-form": "card on our own form", "gave-up": "the buyer gives up"}


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_file_gets_the_titles_then_every_change_once() -> None:
    stream = io.StringIO()
    with Progress(Console(file=stream, width=WIDE, highlight=False), TITLES) as progress:
        for seen in (STARTED, STARTED, DECLINED, DECLINED):
            progress.moved("own-form", seen)
        progress.note("own-form", "the buyer takes another card")
        progress.ended("own-form", is_right=True)
    told = [line for line in stream.getvalue().splitlines() if line]
    assert [line.split(maxsplit=1)[1] for line in told[:2]] == list(TITLES.values())
    assert [line.split(maxsplit=3)[3] for line in told[2:]] == [
        "→ AUTHORIZING",
        "→ DECLINED",
        "the buyer takes another card",
    ]
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_is_drawn_for_a_change_and_not_for_time_that_passes() -> None:
    stream = Terminal()
    out = Console(
        file=stream, force_terminal=True, width=80, legacy_windows=False, _environ={"TERM": "xterm"}
    )
    with Progress(out, TITLES) as progress:
        progress.note("own-form", "something happened")
        before = stream.tell()
        progress.moved("own-form", STARTED)
        assert stream.tell() > before
        before = stream.tell()
        progress.moved("own-form", STARTED)
        assert stream.tell() == before
    assert "the buyer gives up" in stream.getvalue()


def test_the_trail_of_a_payment_is_every_status_it_has_had() -> None:
    assert trail(STARTED) == ["AUTHORIZING"]
    assert trail(DECLINED) == ["AUTHORIZING", "DECLINED"]
