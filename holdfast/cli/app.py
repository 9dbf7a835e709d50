"""The command line as a whole: its commands, its groups and its help."""

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from holdfast.cli import output
from holdfast.cli.commands.cancel import cancel
from holdfast.cli.commands.capture import capture
from holdfast.cli.commands.doctor import doctor
from holdfast.cli.commands.listing import list_newest
from holdfast.cli.commands.pay import pay
from holdfast.cli.commands.reconcile import reconcile
from holdfast.cli.commands.refresh import refresh
from holdfast.cli.commands.resolve import resolve
from holdfast.cli.commands.review import review
from holdfast.cli.commands.show import show
from holdfast.cli.commands.watch import watch
from holdfast.cli.exit_status import MEANINGS, ExitStatus

READ, CHANGE, OPERATE, TRY = "Read", "Change", "Operate", "Try and check"
_STATUSES = "; ".join(f"{status.value} {meaning}" for status, meaning in MEANINGS.items())

app = typer.Typer(
    help="Read and steer card payments in Temporal.\n\n"
    "The address of Temporal and the keys come from the environment, as for every process of Holdfast; with "
    "the demo: source .demo/merchant.env",
    epilog=f"Exit statuses: {_STATUSES}.",
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if not wanted:
        return
    try:
        output.show(f"holdfast {version('holdfast-antom')}")
    except PackageNotFoundError:
        output.show("holdfast from a checkout")
    raise typer.Exit


@app.callback(invoke_without_command=True)
def holdfast(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> int | None:
    """Shows the help where no command is given."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
    return ExitStatus.OK


for _name, _panel, _command in (
    ("show", READ, show),
    ("list", READ, list_newest),
    ("watch", READ, watch),
    ("capture", CHANGE, capture),
    ("cancel", CHANGE, cancel),
    ("refresh", CHANGE, refresh),
    ("review", OPERATE, review),
    ("resolve", OPERATE, resolve),
    ("reconcile", OPERATE, reconcile),
    ("pay", TRY, pay),
    ("doctor", TRY, doctor),
):
    app.command(_name, rich_help_panel=_panel)(_command)
