"""The base of what Holdfast's own programs hand to each other, in Temporal and between processes."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Frozen; an unknown field is refused by its name, and no error's text repeats a value."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
