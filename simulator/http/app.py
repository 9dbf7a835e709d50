"""The simulator over HTTP: the gateway's paths, the hosted pages, and the control of a test.

POST /ams/api/v1/..., /ams/sandbox/api/v1/...   the gateway
GET, POST /cashier/{token}, /challenge/{token}  where a buyer pays
POST /buyer/{paymentRequestId}                  a buyer without a browser: {"action": "pay"}
GET  /ledger, /calls, /notifications, /healthz  what happened
GET, POST, DELETE /faults                       what shall go wrong
POST /plant/{paymentRequestId}                  what nobody is told of: {"deed": "capture", "value": 100}
GET, POST /keys                                 the public keys in force; {"do": "prepare"} a change of them
POST /clock                                     {"advance": seconds}
POST /reset                                     forget everything
"""

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.dashboard import DeedError
from simulator.faults import FaultError
from simulator.http.connection import CUT, Connected, CutResponse
from simulator.http.pages import page_routes
from simulator.http.wire import Received
from simulator.keys import KeyChangeError
from simulator.simulation import Simulator, UnknownPayment

LONGEST_BODY = 1024 * 1024
FARTHEST_ADVANCE = 366 * 24 * 3600


class BadOrder(ValueError):
    """A control request that cannot be read; the message is one clear line."""


def create_app(simulator: Simulator) -> Connected:
    """The simulator as an ASGI application."""
    control = Control(simulator)
    routes = [
        Route("/healthz", control.healthz),
        Route("/ledger", control.ledger),
        Route("/calls", control.calls),
        Route("/notifications", control.notifications),
        Route("/faults", control.faults, methods=["GET", "POST", "DELETE"]),
        Route("/buyer/{paymentRequestId}", control.buyer, methods=["POST"]),
        Route("/plant/{paymentRequestId}", control.plant, methods=["POST"]),
        Route("/keys", control.keys, methods=["GET", "POST"]),
        Route("/clock", control.clock, methods=["POST"]),
        Route("/reset", control.reset, methods=["POST"]),
        *page_routes(simulator),
        Route("/ams/{rest:path}", control.gateway, methods=["GET", "POST", "PUT", "DELETE"]),
    ]
    handlers = {
        BadOrder: _refused,
        FaultError: _refused,
        DeedError: _refused,
        KeyChangeError: _refused,
        UnknownPayment: _not_found,
    }
    return Connected(Starlette(routes=routes, exception_handlers=handlers))


class Control:
    """The endpoints, each a thin cover of `Simulator`."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def healthz(self, _: Request) -> Response:
        """It lives."""
        return JSONResponse({"status": "ok"})

    async def ledger(self, _: Request) -> Response:
        """What happened to money."""
        return JSONResponse(self._simulator.ledger())

    async def calls(self, _: Request) -> Response:
        """What the gateway was asked."""
        return JSONResponse(self._simulator.calls())

    async def notifications(self, _: Request) -> Response:
        """What the merchant was told."""
        return JSONResponse(self._simulator.notifications())

    async def faults(self, request: Request) -> Response:
        """Order a fault, see all, forget all."""
        if request.method == "POST":
            return JSONResponse(self._simulator.take_order(await _json(request)).wire(), 201)
        if request.method == "DELETE":
            self._simulator.clear_faults()
        return JSONResponse(self._simulator.faults())

    async def buyer(self, request: Request) -> Response:
        """Act as the buyer of a payment."""
        wanted = await _object(request)
        action, code = str(wanted.get("action", "")), str(wanted.get("code", ""))
        try:
            after = await self._simulator.buyer_acts(request.path_params["paymentRequestId"], action, code)
        except ValueError as error:
            raise BadOrder(str(error)) from None
        return JSONResponse(after)

    async def plant(self, request: Request) -> Response:
        """Change a payment behind the merchant's back."""
        request_id, order = request.path_params["paymentRequestId"], await _object(request)
        return JSONResponse(self._simulator.take_deed(request_id, order))

    async def keys(self, request: Request) -> Response:
        """What the dashboard shows of keys, and what it does to change them."""
        if request.method == "POST":
            self._simulator.keys.change(await _object(request))
        return JSONResponse(self._simulator.keys.wire())

    async def clock(self, request: Request) -> Response:
        """Move the clock forward."""
        seconds = (await _object(request)).get("advance")
        readable = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        if not readable or not isinstance(seconds, int | float) or not 0 <= seconds <= FARTHEST_ADVANCE:
            raise BadOrder(f"advance: seconds, 0 to {FARTHEST_ADVANCE}")
        self._simulator.advance(seconds)
        return JSONResponse({"advanced": seconds})

    async def reset(self, _: Request) -> Response:
        """Forget everything."""
        await self._simulator.reset()
        return JSONResponse({"status": "ok"})

    async def gateway(self, request: Request) -> Response:
        """One call of the merchant's."""
        content = await _content(request)
        if content is None:
            return Response(status_code=413)
        path = request.scope["raw_path"].decode("latin-1")
        received = Received(request.method, path, dict(request.headers), content)
        reply = await self._simulator.gateway.reply(received)
        if reply.cut_after is not None:
            return CutResponse(reply, request.scope[CUT])
        return Response(reply.content, reply.status, dict(reply.headers))


async def _content(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            return None
    return bytes(body)


async def _json(request: Request) -> object:
    try:
        return json.loads(await _content(request) or b"")
    except (ValueError, RecursionError):
        raise BadOrder("the body is not JSON") from None


async def _object(request: Request) -> dict[str, object]:
    data = await _json(request)
    if not isinstance(data, dict):
        raise BadOrder("the body is not a JSON object")
    return data


async def _refused(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _not_found(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 404)
