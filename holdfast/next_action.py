"""The next step of the buyer, such as a redirect to the card issuer."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue


class NextAction(BaseModel):
    """A redirect that the buyer has to follow before `expiresAt`.

    The merchant sends the buyer to `normalUrl` or to one of the app URLs, or submits `redirectActionForm`.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    type: Literal["REDIRECT"] = "REDIRECT"
    normalUrl: str | None = None
    schemeUrl: str | None = None
    applinkUrl: str | None = None
    redirectActionForm: dict[str, JsonValue] | None = None
    expiresAt: datetime | None = None
