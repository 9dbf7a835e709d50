"""Bearer tokens, each with the name of who holds it, and the sessions of a browser that are made from them.

Format of the variable: `name:token,name:token`. A name may stand there twice, with the old token and the new
one. A session is a name and a time under the token's own HMAC: it ends with its time, or as soon as its token
is taken away, and the server keeps nothing.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

SESSION = timedelta(hours=8)
SHORTEST = 32
"""Characters; as many as a random token has, and too many to guess."""
_NAME = re.compile(r"[A-Za-z0-9._@-]{1,64}")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class MalformedTokens(ValueError):
    """The text of the tokens breaks a rule; says which, and never a token."""


@dataclass(frozen=True)
class Holder:
    """Who may see payments in clear."""

    name: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Tokens:
    """Everybody who holds one."""

    holders: Sequence[Holder]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name:token,name:token`. Raises MalformedTokens."""
        return cls([_parse(part.strip(), number) for number, part in enumerate(text.split(","), start=1)])

    def holder_of(self, token: str) -> str | None:
        """Whose token this is."""
        holder = self._holder(token)
        return holder.name if holder else None

    def session(self, token: str, now: datetime) -> str | None:
        """What the browser of the token's holder keeps from now on; None for a token that nobody holds."""
        holder = self._holder(token)
        return _signed(holder, int((now + SESSION).timestamp())) if holder else None

    def holder_of_session(self, session: str, now: datetime) -> str | None:
        """Whose session this is, while it lasts."""
        name, _, rest = session.partition("|")
        until = rest.partition("|")[0]
        if not (until.isascii() and until.isdigit() and len(until) < 12):
            return None
        if datetime.fromtimestamp(int(until), UTC) <= now:
            return None
        signed = [_signed(each, int(until)) for each in self.holders if each.name == name]
        is_ours = any(hmac.compare_digest(each.encode(), session.encode()) for each in signed)
        return name if is_ours else None

    def _holder(self, token: str) -> Holder | None:
        """It takes the same time whether one fits or none."""
        found = None
        for holder in self.holders:
            if hmac.compare_digest(holder.token.encode(), token.encode()):
                found = holder
        return found


def _signed(holder: Holder, until: int) -> str:
    content = f"{holder.name}|{until}"
    seal = hmac.new(holder.token.encode(), f"session|{content}".encode(), hashlib.sha256)
    return f"{content}|{seal.hexdigest()}"


def _parse(part: str, number: int) -> Holder:
    name, colon, token = part.partition(":")
    if not colon or not _NAME.fullmatch(name):
        raise MalformedTokens(f"must read name:token,name:token: holder {number} does not")
    if len(token) < SHORTEST or not _TOKEN.fullmatch(token):
        raise MalformedTokens(
            f"needs tokens of {SHORTEST} characters or more, letters, digits and -._~+/: holder {number}"
        )
    return Holder(name, token)
