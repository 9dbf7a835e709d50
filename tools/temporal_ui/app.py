"""Temporal's UI, whose list shows the payment status, and whose links to a payment open its current details.

GET /payments                               sets the columns of the list, with PaymentStatus, and opens it
GET /namespaces/{namespace}/workflows/{id}  opens the current details of the workflow's last run

The UI keeps the columns of its list in the browser's storage for its own address, and neither a setting nor a
parameter of its URLs presets them (UI 2.54.1). So they can be set on this address alone. Without a run id the
UI opens the timeline. Every other request goes to the UI unchanged.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route
from temporalio.client import Client
from temporalio.service import RPCError

from tools.local_stack import temporal_server
from tools.local_stack.ports import Ports
from tools.temporal_ui.proxy import Proxy

PAGES = Path(__file__).parent / "pages"
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
ALL_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(ports: Ports, client: Client, proxy: Proxy) -> Starlette:
    """Returns the application that serves the address of the UI; `proxy` reaches the UI itself."""
    details = Details(ports, client, proxy)
    return Starlette(
        routes=[
            Route("/payments", _file("payments.html")),
            Route("/payments/columns.js", _file("columns.js")),
            Route(f"/namespaces/{temporal_server.NAMESPACE}/workflows/{{workflow}}", details.open),
            Route("/{path:path}", proxy.forward, methods=ALL_METHODS),
        ]
    )


def payments_url(ports: Ports) -> str:
    """The address that opens the list of payments."""
    return f"{ports.url('ui')}/payments"


class Details:
    """Opens the current details of a workflow, whose address in the UI holds the id of a run."""

    def __init__(self, ports: Ports, client: Client, proxy: Proxy) -> None:
        self._ports = ports
        self._client = client
        self._proxy = proxy

    async def open(self, request: Request) -> Response:
        """Redirects to the tab of the last run; where there is none, the UI says so itself."""
        workflow = str(request.path_params["workflow"])
        try:
            described = await self._client.get_workflow_handle(workflow).describe()
        except RPCError:
            return await self._proxy.forward(request)
        url = temporal_server.details_url(self._ports, workflow, described.run_id)
        return RedirectResponse(url, headers=HEADERS)


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def serve(_: Request) -> Response:
        return FileResponse(PAGES / name, headers=HEADERS)

    return serve
