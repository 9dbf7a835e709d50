"""The answer to an address that does not exist: a page for a person, plain text for a program."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from simulator.console.frame import refused
from simulator.simulation import Simulator


def no_such_page(simulator: Simulator) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Returns the handler of an unknown path. A browser is recognised by what it accepts."""

    async def respond(request: Request, _: Exception) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return refused(simulator, request, 404, "There is no such page", "The address is wrong.")
        return PlainTextResponse("Not Found", 404)

    return respond
