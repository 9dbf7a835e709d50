"""Texts of the gateway with a limited length.

The gateway documents at most 64 characters for its ids and result codes. A payment keeps what notifications
report, and must not grow by texts of any length.
"""

import hashlib
from typing import overload

MAX_CODE = 64
MAX_TEXT = 128
"""The highest number of characters, of a code and of any other text."""


@overload
def bounded(text: str, longest: int = MAX_TEXT) -> str: ...
@overload
def bounded(text: None, longest: int = MAX_TEXT) -> None: ...
def bounded(text: str | None, longest: int = MAX_TEXT) -> str | None:
    """Returns the text; the end of a longer one is replaced by a hash, so that different texts stay so."""
    if text is None or len(text) <= longest:
        return text
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]
    return f"{text[: longest - len(digest) - 1]}…{digest}"
