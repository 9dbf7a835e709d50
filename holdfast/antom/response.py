"""Verifies a response: its signature, its recipient, the request it belongs to, and whether it decides.

A response counts only under a valid signature over the called path, for our client id, about the request that
was made, at the time of that request, and once (see `holdfast.antom.accepted_answers`). Every other response
leaves the outcome unknown, an unsigned F included: the gateway sends some failures unsigned, and any third
party could do the same (Antom: digital signature).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from holdfast.antom.accepted_answers import AcceptedAnswers
from holdfast.antom.base import RequestModel
from holdfast.antom.codes import IN_PROCESS
from holdfast.antom.models.result import Result, ResultModel, ResultStatus
from holdfast.antom.models.validation_errors import format_validation_error
from holdfast.antom.outcome import Happened, Outcome, Unknown
from holdfast.antom.signing import content_digest, is_valid

R = TypeVar("R", bound=ResultModel)

_CODE = re.compile(r"(?!.*[0-9]{5})[A-Z0-9_]{1,64}")
# no long run of digits: an unverified response could hold a card number instead of a code
_ID_FIELDS = ("paymentRequestId", "captureRequestId", "paymentId")


@dataclass(frozen=True)
class RawResponse:
    """An HTTP response before it is verified; header names are in lower case.

    `requested_at` is when its request was signed.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    requested_at: datetime


def verify_response(
    raw: RawResponse,
    request: RequestModel,
    model: type[R],
    *,
    client_id: str,
    public_keys: Sequence[str],
    accepted: AcceptedAnswers,
) -> Outcome[R]:
    """Returns Happened for a verified response that is decided or in process, and Unknown for any other.

    A response with a valid signature is added to `accepted`, whatever it says.
    """
    problem = _authenticity_problem(raw, client_id, public_keys)
    if problem is not None:
        return Unknown(problem, claimed_code=_claimed_code(raw.body))
    refused = _accept(raw, client_id, accepted)
    if refused is not None:
        return replace(refused, claimed_code=_claimed_code(raw.body))
    try:
        response = model.model_validate(from_json(raw.body, allow_inf_nan=False))
    except ValidationError as error:
        reason = f"unreadable response: {format_validation_error(error)}"
        return Unknown(reason, claimed_code=_claimed_code(raw.body))
    except ValueError:
        return Unknown("unreadable response: not JSON")
    if _is_for_another_request(request, response):
        return Unknown("response belongs to another request", claimed_code=_claimed_code(raw.body))
    return _outcome_of(response)


def _authenticity_problem(raw: RawResponse, client_id: str, public_keys: Sequence[str]) -> str | None:
    signature = raw.headers.get("signature")
    if signature is None:
        return "response without a signature"
    their_client_id, time = raw.headers.get("client-id"), raw.headers.get("response-time")
    if their_client_id is None or time is None:
        return "signed response without client-id or response-time"
    if their_client_id != client_id:
        return "response for another client id"
    verified = is_valid(
        signature,
        method="POST",
        path=raw.path,
        client_id=their_client_id,
        time=time,
        body=raw.body,
        public_keys=public_keys,
    )
    return None if verified else "response with a wrong signature"


def _accept(raw: RawResponse, client_id: str, accepted: AcceptedAnswers) -> Unknown | None:
    """Returns None where a response with a valid signature counts, else the outcome of the call."""
    time = raw.headers["response-time"]
    digest = content_digest(method="POST", path=raw.path, client_id=client_id, time=time, body=raw.body)
    return accepted.accept(digest, time, raw.requested_at)


def _is_for_another_request(request: RequestModel, response: ResultModel) -> bool:
    """Returns whether an id that both the request and the response carry differs."""
    return any(
        theirs and ours and theirs != ours
        for theirs, ours in (
            (getattr(response, name, None), getattr(request, name, None)) for name in _ID_FIELDS
        )
    )


def _outcome_of(response: R) -> Outcome[R]:
    result = response.result
    if result.resultStatus in (ResultStatus.S, ResultStatus.F):
        return Happened(response)
    if result.resultStatus == ResultStatus.U and result.resultCode in IN_PROCESS:
        return Happened(response)
    return Unknown("gateway does not know the outcome", claimed_code=_as_code(result.resultCode))


def _claimed_code(body: bytes) -> str | None:
    """Returns the resultCode of a response that proves nothing, for the audit trail."""
    try:
        content = from_json(body, allow_inf_nan=False)
        return _as_code(Result.model_validate(content["result"]).resultCode)
    except (ValueError, TypeError, KeyError):
        return None


def _as_code(text: str) -> str | None:
    return text if _CODE.fullmatch(text) else None
