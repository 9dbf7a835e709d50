"""Formats a validation error as one line that names fields and rules, and never a value."""

import re
from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

MAX_ERRORS = 5
_MAX_NAME_LENGTH = 64
_CARD_LIKE = re.compile(r"(?:\d[\W_]{0,3}){12,}")
_WORDING: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} characters",
    "string_pattern_mismatch": "must match {pattern}",
    "string_type": "must be a string",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "string_unicode": "must be Unicode text, without half of a surrogate pair",
    "too_long": "at most {max_length} entries",
    "too_short": "at least {min_length} entries",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "greater_than": "must be greater than {gt}",
    "less_than": "must be less than {lt}",
    "value_error": "{error}",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "json_invalid": "is not JSON",
}


def format_validation_error(error: ValidationError) -> str:
    """Returns the broken rules of a validation error in one line, without values.

    An example is `order.goods.3.goodsName: at most 256 characters; env: osType is required when ...`. The
    line has at most five rules, joined by "; ". Field names come from the sender, so a sequence of digits
    that is as long as a card number is masked in them.
    """
    details = error.errors(include_url=False, include_input=False)
    return "; ".join(dict.fromkeys(_format_detail(detail) for detail in details[:MAX_ERRORS]))


def _format_detail(detail: ErrorDetails) -> str:
    path = ".".join(_format_name(part) for part in detail["loc"])
    rule = _format_rule(detail)
    return f"{path}: {rule}" if path else rule


def _format_rule(detail: ErrorDetails) -> str:
    wording, limits = _WORDING.get(detail["type"]), detail.get("ctx", {})
    if detail["type"] == "string_too_short" and limits["min_length"] == 1:
        return "must not be empty"
    return wording.format_map(limits) if wording else _CARD_LIKE.sub("*", detail["msg"])


def _format_name(part: int | str) -> str:
    if isinstance(part, int):
        return str(part)
    printable = "".join(letter if letter.isprintable() else "?" for letter in part[:_MAX_NAME_LENGTH])
    return _CARD_LIKE.sub("*", printable)
