"""The protections of a payment, and how each can be removed: `protections/*.toml`, as data.

An entry is one protection: what it is against, the changes that remove it and leave the code running, and
the one test that has to fail then. Each piece of source has to be in its file exactly once, so an outdated
entry is an error.
"""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

ROOT = Path(__file__).resolve().parents[2]
LISTS = Path(__file__).with_name("protections")


class Change(BaseModel):
    """A piece of source of one file, and what replaces it when the protection is removed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    source: str = Field(min_length=1)
    replacement: str

    def applied_to(self, text: str) -> str:
        """Returns the text without the protection. Raises ValueError when it cannot be removed."""
        times = text.count(self.source)
        if times != 1:
            raise ValueError(f"{self.file}: the piece of source occurs {times} times, not once")
        changed = text.replace(self.source, self.replacement)
        if ast.dump(_parsed(self.file, changed)) == ast.dump(_parsed(self.file, text)):
            raise ValueError(f"{self.file}: the replacement changes nothing")
        return changed


class Protection(BaseModel):
    """One entry of the lists.

    `raises` holds the names of the errors with which the test fails, where that is not one of its assertions.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    against: str
    test: str = Field(pattern=r"^tests/.+\.py::test_\w+(\[.+\])?$")
    change: tuple[Change, ...] = Field(min_length=1)
    raises: tuple[str, ...] = ("AssertionError", "Failed")


def protections(folder: Path = LISTS) -> tuple[Protection, ...]:
    """Returns all protections, in the order of the lists. Raises ValueError when a list is invalid."""
    return tuple(entry for file in sorted(folder.glob("*.toml")) for entry in _listed(file))


def _listed(file: Path) -> Iterator[Protection]:
    document = tomllib.loads(file.read_text())
    yield from (Protection.model_validate(entry) for entry in document.pop("protection"))
    if document:
        raise ValueError(f"{file.name}: unknown {', '.join(document)}")


def _parsed(file: str, text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise ValueError(f"{file}: line {error.lineno} does not parse without it: {error.msg}") from None
