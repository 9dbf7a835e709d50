"""Judging an answer: is it the gateway's, is it ours, and does it decide anything?

An answer counts only under a valid signature over the called path, for our client id, about the request we
made. Everything else is unknown, also an unsigned F: the gateway sends some failures unsigned, so anybody
could (Antom: digital signature).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from holdfast.antom.base import Sent
from holdfast.antom.codes import IN_PROCESS
from holdfast.antom.models.result import Answer, Result, ResultStatus
from holdfast.antom.models.validation_errors import explain
from holdfast.antom.outcome import Happened, Outcome, Unknown
from holdfast.antom.signing import is_valid

A = TypeVar("A", bound=Answer)

_CODE = re.compile(r"(?!.*[0-9]{5})[A-Z0-9_]{1,64}")
# no long run of digits: an answer that proves nothing could hold a card number in its place
_ID_FIELDS = ("paymentRequestId", "captureRequestId", "paymentId")


@dataclass(frozen=True)
class RawAnswer:
    """What came back over HTTP; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def judge(
    raw: RawAnswer, request: Sent, model: type[A], *, client_id: str, public_keys: Sequence[str]
) -> Outcome[A]:
    """Happened for a decided or in-process answer that is provably ours, Unknown for everything else."""
    doubt = _doubt_about_sender(raw, client_id, public_keys)
    if doubt is not None:
        return Unknown(doubt, claimed=_claimed_code(raw.body))
    try:
        answer = model.model_validate(from_json(raw.body, allow_inf_nan=False))
    except ValidationError as error:
        return Unknown(f"unreadable answer: {explain(error)}", claimed=_claimed_code(raw.body))
    except ValueError:
        return Unknown("unreadable answer: not JSON")
    if _is_about_another(request, answer):
        return Unknown("answer belongs to another request", claimed=_claimed_code(raw.body))
    return _decided(answer)


def _doubt_about_sender(raw: RawAnswer, client_id: str, public_keys: Sequence[str]) -> str | None:
    signature = raw.headers.get("signature")
    if signature is None:
        return "answer without a signature"
    their_client_id, time = raw.headers.get("client-id"), raw.headers.get("response-time")
    if their_client_id is None or time is None:
        return "signed answer without client-id or response-time"
    if their_client_id != client_id:
        return "answer for another client id"
    verified = is_valid(
        signature,
        method="POST",
        path=raw.path,
        client_id=their_client_id,
        time=time,
        body=raw.body,
        public_keys=public_keys,
    )
    return None if verified else "answer with a wrong signature"


def _is_about_another(request: Sent, answer: Answer) -> bool:
    """Whether an id that both sides name differs."""
    return any(
        theirs and ours and theirs != ours
        for theirs, ours in (
            (getattr(answer, name, None), getattr(request, name, None)) for name in _ID_FIELDS
        )
    )


def _decided(answer: A) -> Outcome[A]:
    result = answer.result
    if result.resultStatus in (ResultStatus.S, ResultStatus.F):
        return Happened(answer)
    if result.resultStatus == ResultStatus.U and result.resultCode in IN_PROCESS:
        return Happened(answer)
    return Unknown("gateway does not know the outcome", claimed=_as_code(result.resultCode))


def _claimed_code(body: bytes) -> str | None:
    """The resultCode of an answer that proves nothing, for a person to read."""
    try:
        content = from_json(body, allow_inf_nan=False)
        return _as_code(Result.model_validate(content["result"]).resultCode)
    except (ValueError, TypeError, KeyError):
        return None


def _as_code(text: str) -> str | None:
    return text if _CODE.fullmatch(text) else None
