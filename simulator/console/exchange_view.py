"""An HTTP exchange for a person: headers, bodies that are easy to read, timing, and the string to verify."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from simulator.console.rows import duration_text
from simulator.http.body import Body


@dataclass(frozen=True)
class ExchangeView:
    """A request with its answer. `outcome` is a sentence about an answer that did not arrive complete."""

    request_line: str
    request_headers: Mapping[str, str]
    request_body: str
    string_to_verify: str
    status_line: str
    response_headers: Mapping[str, str]
    response_body: str
    outcome: str
    duration: str

    @classmethod
    def of(cls, exchange: Mapping[str, object], duration_ms: object) -> "ExchangeView":
        """Returns an exchange of GET /calls/{id} or GET /notifications/{id} for display."""
        body, status = Body(exchange), exchange.get("status")
        return cls(
            request_line=f"{body.text('method')} {body.text('path')}",
            request_headers=_headers(body.at("requestHeaders")),
            request_body=readable(body.text("requestBody")),
            string_to_verify=body.text("stringToVerify"),
            status_line=f"HTTP {status}" if status else "",
            response_headers=_headers(body.at("responseHeaders")),
            response_body=readable(body.text("responseBody")),
            outcome=_outcome(body, duration_ms),
            duration=duration_text(duration_ms),
        )


def _headers(data: object) -> Mapping[str, str]:
    return {str(name): str(value) for name, value in data.items()} if isinstance(data, Mapping) else {}


def readable(text: str) -> str:
    """Returns JSON with line breaks and indents; any other text as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _outcome(exchange: Body, duration_ms: object) -> str:
    if error := exchange.text("error"):
        return f"No answer arrived: {error}."
    after = exchange.at("abortedAfter")
    if after == 0:
        return "A fault ended the connection before anything was sent."
    if isinstance(after, int):
        return f"A fault ended the connection after {after} bytes of the body."
    return "" if duration_ms is not None else "There is no answer yet."
