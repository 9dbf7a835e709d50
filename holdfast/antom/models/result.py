"""The result every answer and notification carries (Antom: response structure)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from holdfast.antom.base import Received


class ResultStatus(StrEnum):
    """Success, failure, or not known (yet)."""

    S = "S"
    F = "F"
    U = "U"


class Result(Received):
    """What the gateway says of a call; a status nobody has documented stays a plain string."""

    resultCode: str
    resultStatus: Annotated[ResultStatus | str, Field(union_mode="left_to_right")]
    resultMessage: str | None = None


class Answer(Received):
    """Base of whatever carries a result."""

    result: Result
