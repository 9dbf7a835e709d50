"""The variables that nothing reads."""

from collections.abc import Iterator

from holdfast.cli.doctor.check import Area, Check, warning
from holdfast.cli.doctor.variables import Environment
from holdfast.settings.unknown_variables import unknown_variables

_AREAS = {"ANTOM_": Area.ACCOUNT, "HOLDFAST_CODEC_": Area.ENCRYPTION, "HOLDFAST_CARD_": Area.VAULT}


def unknown_variable_checks(environment: Environment) -> Iterator[Check]:
    """Yields a warning for each variable that has a prefix of Holdfast and is none of its variables."""
    for unknown in unknown_variables(environment):
        areas = (area for prefix, area in _AREAS.items() if unknown.name.upper().startswith(prefix))
        advice = unknown.advice[0].upper() + unknown.advice[1:]
        yield warning(next(areas, Area.WORKER), unknown.name, unknown.finding, advice)
