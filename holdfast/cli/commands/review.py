"""`holdfast review`: what a person must look at."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from holdfast.cli import output
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.options import AsJson
from holdfast.cli.review_entries import ReviewEntry, review_entries
from holdfast.cli.session import Session, with_session
from holdfast.cli.views.review_list import review_blocks

Ended = Annotated[
    bool, typer.Option("--ended", help="Also what has ended: late notifications, and payments with a note.")
]


def review(ended: Ended = False, as_json: AsJson = False) -> int:
    """List what a person must look at: why, since when, and the command to run next."""

    async def run(session: Session) -> list[ReviewEntry]:
        items = [item async for item in session.payments.needing_review(with_ended=ended)]
        return await review_entries(session, items)

    entries = with_session(run)
    if as_json:
        output.show_json(entries)
    elif entries:
        output.show(*review_blocks(entries, datetime.now(UTC)))
    else:
        output.show(Text("Nothing needs a person.", style="green"))
    return ExitStatus.NEEDS_PERSON if any(entry.isOpen for entry in entries) else ExitStatus.OK
