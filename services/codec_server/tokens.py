"""Bearer tokens with the names of their holders, and the browser sessions that are made from them.

The format of the variable is `name:token,name:token`. A name may appear twice, with an old and a new token.
A session consists of a name and an expiry time, authenticated by an HMAC with the token. It ends at that time
or when the token is removed; the server stores no session.
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
"""The lowest number of characters of a token, which makes it too long to guess."""
_NAME = re.compile(r"[A-Za-z0-9._@-]{1,64}")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class MalformedTokens(ValueError):
    """The text of the tokens breaks a rule. The message names the rule and contains no token."""


@dataclass(frozen=True)
class Holder:
    """A user who may decrypt payloads, with the user's token."""

    name: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Tokens:
    """The bearer tokens of all users."""

    holders: Sequence[Holder]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parses `name:token,name:token`. Raises MalformedTokens."""
        return cls([_parse(part.strip(), number) for number, part in enumerate(text.split(","), start=1)])

    def holder_of(self, token: str) -> str | None:
        """Returns the name of the token's holder, or None for an unknown token."""
        holder = self._holder(token)
        return holder.name if holder else None

    def session(self, token: str, now: datetime) -> str | None:
        """Creates a session for the token's holder that starts now. Returns None for an unknown token."""
        holder = self._holder(token)
        return _signed(holder, int((now + SESSION).timestamp())) if holder else None

    def holder_of_session(self, session: str, now: datetime) -> str | None:
        """Returns the name of the session's holder, or None for an invalid or expired session."""
        name, _, rest = session.partition("|")
        until = rest.partition("|")[0]
        if not (until.isascii() and until.isdigit() and len(until) < 12):
            return None
        if datetime.fromtimestamp(int(until), UTC) <= now:
            return None
        signed = [_signed(each, int(until)) for each in self.holders if each.name == name]
        is_valid = any(hmac.compare_digest(each.encode(), session.encode()) for each in signed)
        return name if is_valid else None

    def _holder(self, token: str) -> Holder | None:
        """Returns the holder of the token, or None, in a time that does not depend on the result."""
        found = None
        for holder in self.holders:
            if hmac.compare_digest(holder.token.encode(), token.encode()):
                found = holder
        return found


def _signed(holder: Holder, until: int) -> str:
    content = f"{holder.name}|{until}"
    signature = hmac.new(holder.token.encode(), f"session|{content}".encode(), hashlib.sha256)
    return f"{content}|{signature.hexdigest()}"


def _parse(part: str, number: int) -> Holder:
    name, colon, token = part.partition(":")
    if not colon or not _NAME.fullmatch(name):
        raise MalformedTokens(f"must read name:token,name:token: holder {number} does not")
    if len(token) < SHORTEST or not _TOKEN.fullmatch(token):
        raise MalformedTokens(
            f"needs tokens of {SHORTEST} characters or more, letters, digits and -._~+/: holder {number}"
        )
    return Holder(name, token)
