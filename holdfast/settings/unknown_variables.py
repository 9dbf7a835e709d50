"""Variables that look like Holdfast's and that nothing reads: a misspelled one has no effect, silently."""

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from holdfast.settings.names import ACCOUNTS, KNOWN, PREFIXES

_LIKELY = 0.6
"""How similar two names are, from 0 to 1, of which one may be the other misspelled."""
_OF_KUBERNETES = re.compile(r".+_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_[A-Z]+(_(PROTO|PORT|ADDR))?)?)")
"""Kubernetes sets such variables in every container, for each service of its namespace."""


class UnknownVariable(NamedTuple):
    """A variable that nothing reads, and the known name that is most like it."""

    name: str
    nearest: str | None

    @property
    def finding(self) -> str:
        """What is wrong, without the variable's name and its value."""
        return "is not known, and nothing reads it"

    @property
    def advice(self) -> str:
        """What to do."""
        return f"did you mean {self.nearest}?" if self.nearest else "remove it, or correct its name"


def unknown_variables(environment: Mapping[str, str]) -> Iterator[UnknownVariable]:
    """Yields the unknown variables with a prefix of Holdfast, in the order of their names.

    A name that the accounts file contains is known: it is where a key of an account is.
    """
    named = _accounts_text(environment)
    for variable in sorted(environment):
        name = variable.upper()
        is_ours = name.startswith(PREFIXES) and variable.isprintable() and not _OF_KUBERNETES.fullmatch(name)
        if is_ours and name not in KNOWN and variable not in named:
            yield UnknownVariable(variable[:64], _nearest(name))


def _nearest(name: str) -> str | None:
    """Returns the known name that is most like this one behind their common prefix, if one is like it."""
    prefix = next(each for each in PREFIXES if name.startswith(each))
    endings = sorted(each.removeprefix(prefix) for each in KNOWN if each.startswith(prefix))
    nearest = difflib.get_close_matches(name.removeprefix(prefix), endings, n=1, cutoff=_LIKELY)
    return prefix + nearest[0] if nearest else None


def _accounts_text(environment: Mapping[str, str]) -> str:
    file = environment.get(ACCOUNTS)
    try:
        return Path(file).read_text() if file else ""
    except (OSError, ValueError):
        return ""
