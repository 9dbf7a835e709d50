"""An endpoint of the control interface: its path, its models, and the function that it calls.

The route and the entry of the OpenAPI document are made from the same object.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.control.model import ControlModel, InvalidRequest, parse
from simulator.control.requests import EmptyBody
from simulator.http.received import read_content

Params = Mapping[str, str]
Body = TypeVar("Body", bound=ControlModel)
Run = Callable[[Params, object], Awaitable[object]]


@dataclass(frozen=True)
class Endpoint:
    """One method of one path.

    Attributes:
        name: The operationId.
        summary: What it does, as a sentence.
        run: The function that gets the parameters of the path, and the body as JSON.
        body: The model of the request's body; `EmptyBody` where there is none.
        answer: The type of the answer.
        status: The HTTP status of the answer.
        errors: The HTTP statuses of refused requests.
    """

    method: str
    path: str
    name: str
    summary: str
    run: Run
    body: type[ControlModel]
    answer: TypeAdapter[object]
    status: int
    errors: tuple[int, ...]

    @property
    def has_body(self) -> bool:
        """Whether the request has a body."""
        return self.body is not EmptyBody

    def route(self) -> Route:
        """Returns the route of the endpoint."""
        return Route(self.path, self._respond, methods=[self.method], name=self.name)

    async def _respond(self, request: Request) -> Response:
        data = await _json(request) if self.has_body else {}
        result = await self.run(request.path_params, data)
        content = self.answer.dump_json(self.answer.validate_python(result), exclude_unset=True)
        return Response(content, self.status, media_type="application/json")


def endpoint(
    method: str,
    path: str,
    run: Callable[[Params, Body], Awaitable[object]],
    body: type[Body],
    answer: type[object],
    *,
    status: int = 200,
) -> Endpoint:
    """Returns an endpoint, which has the name of `run`, and its docstring as summary.

    Args:
        method: The HTTP method.
        path: The path, with parameters in braces.
        run: The function that gets the parameters of the path, and the body as its model.
        body: The model of the request's body; `EmptyBody` where there is none.
        answer: The type of the answer.
        status: The HTTP status of the answer.
    """

    async def run_parsed(params: Params, data: object) -> object:
        return await run(params, parse(body, data))

    errors = [400] if body is not EmptyBody else []
    errors += [403] if method != "GET" else []
    errors += [404] if "{" in path else []
    summary = (run.__doc__ or "").strip().partition("\n")[0]
    adapter: TypeAdapter[object] = TypeAdapter(answer)
    return Endpoint(method, path, run.__name__, summary, run_parsed, body, adapter, status, tuple(errors))


async def _json(request: Request) -> object:
    try:
        return json.loads(await read_content(request) or b"")
    except (ValueError, RecursionError):
        raise InvalidRequest("the body: is not JSON") from None
