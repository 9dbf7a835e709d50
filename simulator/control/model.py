"""The base of the models of control requests and answers, and the errors of invalid requests."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from holdfast.antom.models import format_validation_error

MAX_SECONDS = 2_592_000
"""Thirty days."""


class InvalidRequest(ValueError):
    """An invalid control request; the message is one line that names each field and its rule."""


class ControlModel(BaseModel):
    """A JSON object of the control interface. An unknown field and a value of another type are errors."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, allow_inf_nan=False
    )


Model = TypeVar("Model", bound=ControlModel)


def parse(model: type[Model], data: object, error: type[InvalidRequest] = InvalidRequest) -> Model:
    """Returns the JSON as a model. Raises `error`, a class of `InvalidRequest`, where it is invalid."""
    if not isinstance(data, dict):
        raise error("the body: must be a JSON object")
    try:
        return model.model_validate(data)
    except ValidationError as invalid:
        raise error(format_validation_error(invalid)) from None
