"""The result that every response and notification carries (Antom: response structure)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from holdfast.antom.base import ResponseModel


class ResultStatus(StrEnum):
    """Success (S), failure (F), or unknown or not decided yet (U)."""

    S = "S"
    F = "F"
    U = "U"


class Result(ResponseModel):
    """The result of a call; an undocumented status stays a plain string."""

    resultCode: str
    resultStatus: Annotated[ResultStatus | str, Field(union_mode="left_to_right")]
    resultMessage: str | None = None


class ResultModel(ResponseModel):
    """Base of every model that carries a result: responses and notifications."""

    result: Result
