"""The arguments and options that several commands have."""

from typing import Annotated

import typer

Reference = Annotated[str, typer.Argument(metavar="REF", help="The payment reference.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Account = Annotated[
    str | None,
    typer.Option("--account", metavar="ALIAS", help="Only this merchant account.", show_default=False),
]
Major = Annotated[
    str | None,
    typer.Option(
        "--amount",
        metavar="AMOUNT",
        help="The amount as people write it: 12.50 (JPY 1250).",
        show_default=False,
    ),
]
Minor = Annotated[
    str | None,
    typer.Option(
        "--minor-units", metavar="NUMBER", help="The amount in minor units: 1250.", show_default=False
    ),
]
