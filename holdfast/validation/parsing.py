"""Parses the data of any client into a model, with errors of one line.

What this module refuses is refused twice: by `PaymentClient` before anything leaves the merchant's process,
and by the workflow, because another client can have sent the same data.
"""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from holdfast.antom.models import format_validation_error
from holdfast.errors import HoldfastError
from holdfast.validation.card_numbers import reject_card_numbers
from holdfast.validation.size import reject_oversized
from holdfast.validation.texts import reject_characters

_Model = TypeVar("_Model", bound=BaseModel)


def parse_model(model: type[_Model], data: object, refusal: type[HoldfastError]) -> _Model:
    """Returns the data as a `model`, whose texts can be stored, are not too large, and hold no card data.

    Raises:
        HoldfastError: As `refusal`; its message is one line that names field and rule and repeats no value.
    """
    request = reject_characters(_validated(model, data, refusal), refusal)
    return reject_card_numbers(reject_oversized(request, refusal), refusal)


def _validated(model: type[_Model], data: object, refusal: type[HoldfastError]) -> _Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise refusal(format_validation_error(error)) from None
    except RecursionError:
        raise refusal("nested too deeply") from None
