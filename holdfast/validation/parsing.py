"""What any client sent, as one of our models, or one line about what is wrong with it."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from holdfast.antom.models import format_validation_error
from holdfast.errors import HoldfastError

_Model = TypeVar("_Model", bound=BaseModel)


def parsed(model: type[_Model], data: object, refusal: type[HoldfastError]) -> _Model:
    """The model in the data. Raises `refusal`: one line that names field and rule and repeats no value."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise refusal(format_validation_error(error)) from None
    except RecursionError:
        raise refusal("nested too deeply") from None
