"""Changed contents of a notification or an answer: the opposite result, wrong amounts."""

import json

from simulator.http.body import Answer


def encoded(body: Answer) -> bytes:
    """Returns the bytes of a notification, which are compact JSON in UTF-8."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def with_opposite_result(body: Answer) -> Answer:
    """Returns the body with a failure in place of a success, and with a success in place of a failure."""
    result = body["result"]
    succeeded = isinstance(result, dict) and result["resultStatus"] == "S"
    code, status = ("PROCESS_FAIL", "F") if succeeded else ("SUCCESS", "S")
    forged = {"resultCode": code, "resultStatus": status, "resultMessage": code.lower()}
    return {**body, "result": forged}


def with_wrong_amounts(body: Answer) -> Answer:
    """Returns the body with every amount one minor unit higher."""
    return {name: _with_wrong_amount(value) for name, value in body.items()}


def _with_wrong_amount(value: object) -> object:
    if isinstance(value, list):
        return [_with_wrong_amount(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"currency", "value"}:
        return {**value, "value": str(int(value["value"]) + 1)}
    return {name: _with_wrong_amount(inner) for name, inner in value.items()}
