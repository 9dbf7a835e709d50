"""The display of running payments: every change once in a file, one line for each in a terminal."""

import io

from rich.console import Console

from holdfast import PaymentStatus
from holdfast.payment_event import Event
from holdfast.source import Source
from settlement.apply_event import apply_event
from tests.support.tools.payments import NOW, payment
from tools.demo.progress import Progress, trail
from tools.local_stack.command_line import WIDE

STARTED = payment(PaymentStatus.AUTHORIZING)
DECLINED = apply_event(STARTED, Event.DECLINED, NOW, Source.PAY_RESPONSE)
TITLES = {"own-form": "card on our own form", "gave-up": "the buyer gives up"}


class Terminal(io.StringIO):
    """A stream that behaves as a terminal."""

    def isatty(self) -> bool:
        return True


def test_file_gets_the_titles_and_every_change_once() -> None:
    stream = io.StringIO()
    with Progress(Console(file=stream, width=WIDE, highlight=False), TITLES) as progress:
        for seen in (STARTED, STARTED, DECLINED, DECLINED):
            progress.changed("own-form", seen)
        progress.note("own-form", "the buyer takes another card")
        progress.ended("own-form", is_as_expected=True)
    lines = [line for line in stream.getvalue().splitlines() if line]
    assert [line.split(maxsplit=1)[1] for line in lines[:2]] == list(TITLES.values())
    assert [line.split(maxsplit=3)[3] for line in lines[2:]] == [
        "→ AUTHORIZING",
        "→ DECLINED",
        "the buyer takes another card",
    ]
    assert "\x1b" not in stream.getvalue()


def test_terminal_is_refreshed_by_changes_alone() -> None:
    stream = Terminal()
    out = Console(
        file=stream, force_terminal=True, width=80, legacy_windows=False, _environ={"TERM": "xterm"}
    )
    with Progress(out, TITLES) as progress:
        progress.note("own-form", "something happened")
        before = stream.tell()
        progress.changed("own-form", STARTED)
        assert stream.tell() > before
        before = stream.tell()
        progress.changed("own-form", STARTED)
        assert stream.tell() == before
    assert "the buyer gives up" in stream.getvalue()


def test_trail_of_a_payment_has_every_status() -> None:
    assert trail(STARTED) == ["AUTHORIZING"]
    assert trail(DECLINED) == ["AUTHORIZING", "DECLINED"]
