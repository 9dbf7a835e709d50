"""Parses the data of any client into a model, with errors of one line."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from holdfast.antom.models import format_validation_error
from holdfast.errors import HoldfastError
from holdfast.validation.texts import reject_surrogates

_Model = TypeVar("_Model", bound=BaseModel)


def parse_model(model: type[_Model], data: object, refusal: type[HoldfastError]) -> _Model:
    """Returns the data as a `model`.

    Raises:
        HoldfastError: As `refusal`; its message is one line that names field and rule and repeats no value.
    """
    try:
        parsed = model.model_validate(data)
        reject_surrogates(parsed, refusal)
    except ValidationError as error:
        raise refusal(format_validation_error(error)) from None
    except RecursionError:
        raise refusal("nested too deeply") from None
    return parsed
