"""The simulator's HTTP interface: the gateway's paths, the hosted pages, and the control of tests.

POST /ams/api/v1/..., /ams/sandbox/api/v1/...   the gateway
GET, POST /cashier/{token}, /challenge/{token}  the hosted pages
POST /buyer/{paymentRequestId}                  acts as a buyer: {"action": "pay"}
GET  /ledger, /calls, /notifications, /healthz  the recorded state
GET, POST, DELETE /faults                       the injected faults
POST /dashboard/{paymentRequestId}              a change without a notification: {"operation": "capture"}
GET, POST /keys                                 the current public keys; {"do": "prepare"} changes them
POST /clock                                     moves the clock: {"advance": seconds}
POST /reset                                     removes all state but the keys
"""

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.actors.dashboard import DashboardError
from simulator.faults import FaultError
from simulator.http.connection import ABORT, AbortedResponse, ConnectionMiddleware
from simulator.http.wire import RawRequest
from simulator.keys import KeyChangeError
from simulator.not_found import NotFound
from simulator.pages.hosted import page_routes
from simulator.simulation import Simulator
from simulator.web.templating import static_files

MAX_BODY_BYTES = 1024 * 1024
MAX_ADVANCE_SECONDS = 366 * 24 * 3600


class BadControlRequest(ValueError):
    """An invalid control request; the message is one line."""


def create_app(simulator: Simulator) -> ConnectionMiddleware:
    """Returns the simulator as an ASGI application."""
    control = Control(simulator)
    routes = [
        Route("/healthz", control.healthz),
        Route("/ledger", control.ledger),
        Route("/calls", control.calls),
        Route("/calls/{id}", control.call),
        Route("/notifications", control.notifications),
        Route("/faults", control.faults, methods=["GET", "POST", "DELETE"]),
        Route("/buyer/{paymentRequestId}", control.buyer, methods=["POST"]),
        Route("/dashboard/{paymentRequestId}", control.dashboard, methods=["POST"]),
        Route("/keys", control.keys, methods=["GET", "POST"]),
        Route("/clock", control.clock, methods=["POST"]),
        Route("/reset", control.reset, methods=["POST"]),
        *page_routes(simulator),
        static_files(),
        Route("/ams/{rest:path}", control.gateway, methods=["GET", "POST", "PUT", "DELETE"]),
    ]
    handlers = {
        BadControlRequest: _refused,
        FaultError: _refused,
        DashboardError: _refused,
        KeyChangeError: _refused,
        NotFound: _not_found,
    }
    return ConnectionMiddleware(Starlette(routes=routes, exception_handlers=handlers))


class Control:
    """The control endpoints, each of which calls one method of `Simulator`."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def healthz(self, _: Request) -> Response:
        """Answers a health check."""
        return JSONResponse({"status": "ok"})

    async def ledger(self, _: Request) -> Response:
        """Returns all movements of money."""
        return JSONResponse(self._simulator.ledger())

    async def calls(self, _: Request) -> Response:
        """Returns all gateway calls."""
        return JSONResponse(self._simulator.calls())

    async def call(self, request: Request) -> Response:
        """Returns one gateway call with its headers and bodies."""
        return JSONResponse(self._simulator.call(request.path_params["id"]))

    async def notifications(self, _: Request) -> Response:
        """Returns all notifications."""
        return JSONResponse(self._simulator.notifications())

    async def faults(self, request: Request) -> Response:
        """Adds a fault, returns all, or removes all."""
        if request.method == "POST":
            return JSONResponse(self._simulator.inject_fault_from_json(await _json(request)).wire(), 201)
        if request.method == "DELETE":
            self._simulator.clear_faults()
        return JSONResponse(self._simulator.faults())

    async def buyer(self, request: Request) -> Response:
        """Acts as the buyer of a payment."""
        data = await _object(request)
        action, code = str(data.get("action", "")), str(data.get("code", ""))
        try:
            after = await self._simulator.buyer_acts(request.path_params["paymentRequestId"], action, code)
        except ValueError as error:
            raise BadControlRequest(str(error)) from None
        return JSONResponse(after)

    async def dashboard(self, request: Request) -> Response:
        """Changes a payment as the gateway's dashboard does, without a notification."""
        request_id, data = request.path_params["paymentRequestId"], await _object(request)
        return JSONResponse(self._simulator.operate_dashboard_from_json(request_id, data))

    async def keys(self, request: Request) -> Response:
        """Returns the public keys, or changes them as the dashboard does."""
        if request.method == "POST":
            self._simulator.keys.change(await _object(request))
        return JSONResponse(self._simulator.keys.wire())

    async def clock(self, request: Request) -> Response:
        """Moves the clock forward."""
        seconds = (await _object(request)).get("advance")
        valid = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        if not valid or not isinstance(seconds, int | float) or not 0 <= seconds <= MAX_ADVANCE_SECONDS:
            raise BadControlRequest(f"advance: seconds, 0 to {MAX_ADVANCE_SECONDS}")
        self._simulator.advance(seconds)
        return JSONResponse({"advanced": seconds})

    async def reset(self, _: Request) -> Response:
        """Removes all state but the keys."""
        await self._simulator.reset()
        return JSONResponse({"status": "ok"})

    async def gateway(self, request: Request) -> Response:
        """Answers one gateway call."""
        content = await _content(request)
        if content is None:
            return Response(status_code=413)
        path = request.scope["raw_path"].decode("latin-1")
        raw = RawRequest(request.method, path, dict(request.headers), content)
        reply = await self._simulator.gateway.reply(raw)
        if reply.abort_after is not None:
            return AbortedResponse(reply, request.scope[ABORT])
        return Response(reply.content, reply.status, dict(reply.headers))


async def _content(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return None
    return bytes(body)


async def _json(request: Request) -> object:
    try:
        return json.loads(await _content(request) or b"")
    except (ValueError, RecursionError):
        raise BadControlRequest("the body is not JSON") from None


async def _object(request: Request) -> dict[str, object]:
    data = await _json(request)
    if not isinstance(data, dict):
        raise BadControlRequest("the body is not a JSON object")
    return data


async def _refused(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _not_found(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 404)
