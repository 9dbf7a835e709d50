"""The amounts of the command line: `12.50` in a currency, without a float on the way."""

import re

from pydantic import ValidationError

from holdfast.antom.amounts import Amount, decimals
from holdfast.antom.models import format_validation_error
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.failure import CommandFailed

_MAJOR = re.compile(r"(?P<whole>[0-9]{1,14})(?:\.(?P<fraction>[0-9]+))?")
_MINOR = re.compile(r"[0-9]{1,16}")


def amount_of(currency: str, *, major: str | None = None, minor: str | None = None) -> Amount | None:
    """Returns the amount of two options, of which one at most is given; None where neither is.

    Args:
        currency: The ISO 4217 code.
        major: The amount as people write it, with a point and all decimals of the currency, or with none:
            `12.50` or `12`.
        minor: The amount in minor units: `1250`.

    Raises:
        CommandFailed: The amount cannot be used in this currency, or both are given.
    """
    refuse_both(major, minor)
    if major is not None:
        return _amount(currency, _minor_units(currency, major))
    if minor is None:
        return None
    if not _MINOR.fullmatch(minor):
        raise _unusable(f"--minor-units {minor!r} is no whole number", "Write it as in 1250.")
    return _amount(currency, minor)


def refuse_both(major: str | None, minor: str | None) -> None:
    """Raises CommandFailed where an amount is given in both forms."""
    if major is not None and minor is not None:
        raise _unusable("--amount and --minor-units exclude each other", "Give one of them.")


def _minor_units(currency: str, major: str) -> str:
    match, places = _MAJOR.fullmatch(major), _places(currency)
    example = f"12.{'50'[:places]}" if places else "1250"
    if match is None or (match["fraction"] is not None and len(match["fraction"]) != places):
        raise _unusable(f"--amount {major!r} is no amount in {currency}", f"Write it as in {example}.")
    return match["whole"] + (match["fraction"] or "0" * places)


def _places(currency: str) -> int:
    try:
        return decimals(currency)
    except ValueError as error:
        raise _unusable(str(error), "Use a currency that the gateway lists, as in EUR.") from None


def _amount(currency: str, minor_units: str) -> Amount:
    try:
        return Amount(currency=currency, value=minor_units.lstrip("0"))
    except ValidationError as error:
        raise _unusable(
            f"the amount cannot be used: {format_validation_error(error)}", "Correct the amount."
        ) from None


def _unusable(message: str, advice: str) -> CommandFailed:
    return CommandFailed(message, advice, ExitStatus.USAGE)
