"""Removes from a text what a terminal would execute instead of showing it.

Some texts come from the gateway, from a merchant's order, or from whoever may start workflows. An escape
sequence in one of them could hide a status, rename the window, or put a link behind another text.
"""

import unicodedata

_KEPT = frozenset("\n\t")
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the order in which a terminal shows the text around them (Unicode, annex 9)."""


def printable(text: str) -> str:
    """Returns the text without control characters and without characters that reorder it.

    Line feeds and tabs stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(each for each in text if each in _KEPT or not _is_removed(each))


def _is_removed(character: str) -> bool:
    return unicodedata.category(character) == "Cc" or character in _REORDERING
