"""The card data of a server-to-server payment, which must never reach Temporal."""

from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails

_Month = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])$")]
_Year = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
_CardNo = Annotated[str, StringConstraints(pattern=r"^[0-9]{12,19}$")]
_Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
_Cvv = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,4}$")]
_Cryptogram = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/_-]{1,128}={0,2}$")]


class CardData(BaseModel):
    """The fields of `paymentMethodMetaData` for server-to-server card data (Antom: pay).

    Field names are the gateway's. `cavv` is the cryptogram of a 3-D Secure authentication by another
    provider; the other fields of its `mpiData` are in the order. `caav` is the name in some of Antom's
    samples; prefer `cavv`. No value appears in `repr` or in a validation error.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    cardNo: _CardNo = Field(repr=False)
    cvv: _Cvv = Field(repr=False)
    expiryMonth: _Month = Field(repr=False)
    expiryYear: _Year = Field(repr=False)
    cardPasswordDigest: _Digits | None = Field(default=None, repr=False)
    cavv: _Cryptogram | None = Field(default=None, repr=False)
    caav: _Cryptogram | None = Field(default=None, repr=False)

    @property
    def has_cryptogram(self) -> bool:
        """Whether another provider has authenticated the cardholder."""
        return self.cavv is not None or self.caav is not None

    @model_validator(mode="wrap")
    @classmethod
    def _remove_input_from_errors(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Removes the input from `errors()`, which web frameworks return to callers.

        `hide_input_in_errors` hides the input only in the text of an error.
        """
        try:
            return handler(data)
        except ValidationError as error:
            raise ValidationError.from_exception_data(
                error.title, _without_input(error), hide_input=True
            ) from None


def _without_input(error: ValidationError) -> list[InitErrorDetails]:
    return [
        InitErrorDetails(type=detail["type"], loc=detail["loc"], input=None, ctx=detail.get("ctx", {}))
        for detail in error.errors(include_url=False, include_input=False)
    ]
