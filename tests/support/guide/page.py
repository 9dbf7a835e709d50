"""The sections of docs/guide.md with their blocks of code, as a reader sees them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tools.local_stack.processes import ROOT

GUIDE = ROOT / "docs" / "guide.md"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Section:
    """The text of one heading, up to the next one of any level."""

    text: str

    def blocks(self, language: str) -> Sequence[str]:
        """Returns the blocks of code of one language, in their order."""
        return [body for found, body in _FENCE.findall(self.text) if found == language]


def section(heading: str) -> Section:
    """Returns the section of a heading such as `### In Python`. Raises ValueError when there is none."""
    page = GUIDE.read_text()
    begin = page.index(f"\n{heading}\n") + len(heading) + 2
    following = _next_heading(page, begin)
    return Section(page[begin:following])


def without_variables(output: str) -> list[str]:
    """Returns the lines of an output without what differs from run to run: references and addresses."""
    text = re.sub(r"http://[^\s\"]+", "ADDRESS", output)
    return re.sub(r"\b([a-z-]+-)[0-9a-f]{8}\b", r"\1REFERENCE", text).splitlines()


def _next_heading(page: str, begin: int) -> int:
    """Returns where the next heading begins; a comment in a block of code is none."""
    blocks = [match.span() for match in _FENCE.finditer(page, begin)]
    headings = (match.start() for match in re.finditer(r"^#{2,} ", page[begin:], re.MULTILINE))
    outside = (
        place + begin for place in headings if not any(start <= place + begin < end for start, end in blocks)
    )
    return next(outside, len(page))
