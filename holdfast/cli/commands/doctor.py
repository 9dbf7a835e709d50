"""`holdfast doctor`: checks every setting and what it leads to, and says what to do."""

import asyncio
import os
from typing import Annotated

import typer

from holdfast.cli import output
from holdfast.cli.doctor.examination import examine
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.options import AsJson
from holdfast.cli.views.doctor_report import doctor_parts

Processes = Annotated[
    bool | None,
    typer.Option(
        "--processes/--merchant",
        help="Check the settings of worker and webhook too, or those of a merchant service alone. By default "
        "the environment decides.",
        show_default=False,
    ),
]


def doctor(processes: Processes = None, as_json: AsJson = False) -> int:
    """Check every setting, the keys, the clock, Temporal, the vault and the webhook, and say what to do.

    It makes one inquiry at the gateway, about a payment that does not exist, and prints no secret.
    """
    report = asyncio.run(examine(os.environ, processes=processes))
    if as_json:
        output.show_json(report)
    else:
        output.show(*doctor_parts(report))
    return ExitStatus.NEEDS_PERSON if report.problems else ExitStatus.OK
