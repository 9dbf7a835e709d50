"""Reads the settings of a process from its environment, and names everything that is wrong with them."""

import os
import sys
from collections.abc import Callable, Mapping
from typing import ClassVar, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from holdfast.settings.errors import SettingsError, together
from holdfast.settings.unknown_variables import unknown_variables
from services.startup_error import startup_error


class ProcessSettings(BaseSettings):
    """Base class of the settings of a process. `validated` names all that are wrong at once."""

    STAND_INS: ClassVar[Mapping[str, str]] = {}
    """Valid values of the required variables, with which the others are validated where one is missing."""


_SettingsT = TypeVar("_SettingsT", bound=ProcessSettings)


def validated(settings: type[_SettingsT], **stand_ins: object) -> _SettingsT:
    """Returns the settings of the environment.

    A variable that is missing, or is no number, keeps pydantic from validating the others. They are validated
    with a valid value in its place, so that one start names everything that is wrong.

    Raises:
        SettingsError: A variable breaks its rule; it names all of them.
    """
    read: Callable[..., _SettingsT] = settings
    try:
        return read(**stand_ins)
    except ValidationError as error:
        wrong = {str(each["loc"][0]): _rule(each["type"]) for each in error.errors(include_input=False)}
    valid = {name: _stand_in(settings, name) for name in wrong}
    problems = [SettingsError(name.upper(), rule) for name, rule in wrong.items()]
    try:
        validated(settings, **stand_ins, **valid)
    except SettingsError as error:
        problems += error.problems
    raise together(problems)


def _stand_in(settings: type[_SettingsT], name: str) -> object:
    field = settings.model_fields[name]
    return settings.STAND_INS[name] if field.is_required() else field.default


def settings_or_exit(process: str, settings: type[_SettingsT]) -> _SettingsT:
    """Returns the settings, or ends the process with status 2 and one line on stderr for each problem.

    A variable that nothing reads is a warning: it is usually misspelled, and the default counts in its place.
    """
    for unknown in unknown_variables(os.environ):
        sys.stderr.write(f"{process}: warning: {unknown.name} {unknown.finding}: {unknown.advice}\n")
    try:
        return validated(settings)
    except SettingsError as error:
        sys.exit(startup_error(process, error))


def _rule(pydantic_type: str) -> str:
    if pydantic_type == "missing":
        return "is missing"
    if pydantic_type.startswith("float"):
        return "must be a number"
    return "must be a whole number" if pydantic_type.startswith("int") else "is malformed"
