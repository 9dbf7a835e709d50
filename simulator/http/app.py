"""The simulator as an ASGI application: the gateway's paths, the pages, and the control endpoints.

`simulator.control.endpoints` has the table of the control endpoints, and `GET /openapi.json` describes them.
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from simulator.console.no_such_page import no_such_page
from simulator.console.routes import console_routes
from simulator.control.endpoints import endpoints
from simulator.control.model import InvalidRequest
from simulator.control.openapi import document
from simulator.http.connection import ABORT, AbortedResponse, ConnectionMiddleware
from simulator.http.received import read_content
from simulator.http.wire import RawRequest
from simulator.not_found import NotFound
from simulator.pages.hosted import page_routes
from simulator.simulation import Simulator
from simulator.web.same_origin import SameOriginMiddleware
from simulator.web.templating import static_files

GATEWAY_METHODS = ["GET", "POST", "PUT", "DELETE"]


def create_app(simulator: Simulator) -> ConnectionMiddleware:
    """Returns the simulator as an ASGI application."""
    routes: list[BaseRoute] = [
        *control_routes(simulator),
        *page_routes(simulator),
        *console_routes(simulator),
        static_files(),
        Route("/ams/{rest:path}", GatewayPaths(simulator).respond, methods=GATEWAY_METHODS),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={InvalidRequest: _refused, NotFound: _not_found, 404: no_such_page(simulator)},
    )
    return ConnectionMiddleware(SameOriginMiddleware(app))


def control_routes(simulator: Simulator) -> list[Route]:
    """Returns the routes of the control endpoints and of the OpenAPI document."""
    table = endpoints(simulator)

    async def openapi(_: Request) -> Response:
        return JSONResponse(document(table, simulator.keys.client_id, simulator.base_url))

    return [*(each.route() for each in table), Route("/openapi.json", openapi)]


class GatewayPaths:
    """The gateway's paths, of which those that do not exist are refused by the gateway itself."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def respond(self, request: Request) -> Response:
        """Answers one gateway call."""
        content = await read_content(request)
        if content is None:
            return Response(status_code=413)
        path = request.scope["raw_path"].decode("latin-1")
        raw = RawRequest(request.method, path, dict(request.headers), content)
        reply = await self._simulator.gateway.reply(raw)
        if reply.abort_after is not None:
            return AbortedResponse(reply, request.scope[ABORT])
        return Response(reply.content, reply.status, dict(reply.headers))


async def _refused(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _not_found(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 404)
