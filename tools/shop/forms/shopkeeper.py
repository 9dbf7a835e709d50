"""The shopkeeper's forms: a capture, a cancellation, and the settings of the shop."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from holdfast import Amount
from holdfast.antom.models import CaptureMode
from tools.shop.prices import InvalidAmount, parse_amount
from tools.shop.settings import ShopSettings

MAX_REASON = 256


@dataclass(frozen=True)
class CaptureForm:
    """A capture. `typed` is the amount as it was typed; `amount` is None where that breaks a rule."""

    key: str
    typed: str
    is_last: bool
    amount: Amount | None = None
    problems: Mapping[str, str] = field(default_factory=dict)


def read_capture(form: Mapping[str, str]) -> CaptureForm:
    """Reads and validates a capture."""
    key, typed, is_last = form.get("key", ""), form.get("amount", "")[:40], form.get("last") == "yes"
    try:
        return CaptureForm(key, typed, is_last, parse_amount(typed))
    except InvalidAmount as error:
        return CaptureForm(key, typed, is_last, problems={"amount": str(error)})


def reason_problem(reason: str) -> str:
    """Returns a sentence where the reason of a cancellation breaks a rule, otherwise an empty text."""
    if not reason:
        return "Enter a reason. It is kept in the audit trail."
    return "" if len(reason) <= MAX_REASON else f"Enter at most {MAX_REASON} characters."


def apply_settings(form: Mapping[str, str], settings: ShopSettings) -> None:
    """Changes the settings to what was chosen; a value that is unknown or missing changes nothing."""
    if form.get("capture") in set(CaptureMode):
        settings.capture_mode = CaptureMode(form["capture"])
    if form.get("three-ds") in ("yes", "no"):
        settings.asks_for_3ds = form["three-ds"] == "yes"
