"""What the buyer has to do now."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue


class NextAction(BaseModel):
    """Send the buyer to `normalUrl` (or the app URLs, or submit `redirectActionForm`) before `expiresAt`."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    type: Literal["REDIRECT"] = "REDIRECT"
    normalUrl: str | None = None
    schemeUrl: str | None = None
    applinkUrl: str | None = None
    redirectActionForm: dict[str, JsonValue] | None = None
    expiresAt: datetime | None = None
