"""The server in front of Temporal's UI: two paths of its own, and everything else unchanged."""

import gzip
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from tools.local_stack.ports import Ports
from tools.local_stack.temporal_server import NAMESPACE
from tools.temporal_ui.app import PAGES, create_app, payments_url
from tools.temporal_ui.proxy import Proxy

PORTS = Ports()
WORKFLOWS = f"/namespaces/{NAMESPACE}/workflows"
BODY = gzip.compress(b"the answer of the UI")


class StubClient:
    """A client of a server with one workflow."""

    def get_workflow_handle(self, workflow: str) -> SimpleNamespace:
        async def describe() -> SimpleNamespace:
            if workflow != "card-payment-one":
                raise RPCError("there is none", RPCStatusCode.NOT_FOUND, b"")
            return SimpleNamespace(run_id="run-2")

        return SimpleNamespace(describe=describe)


async def ui(request: Request) -> Response:
    """Answers as a server with compression and two cookies, and repeats what it was sent."""
    response = Response(BODY, 203, {"Content-Encoding": "gzip"})
    response.headers["X-Url"] = f"{request.scope['raw_path'].decode()}?{request.url.query}"
    response.headers["X-Body"] = (await request.body()).decode()
    response.headers["X-Host"] = request.headers["host"]
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


def client_of(app: Starlette, base_url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base_url)


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    backend = Starlette(routes=[Route("/{path:path}", ui, methods=["GET", "POST"])])
    async with client_of(backend, "") as http:
        app = create_app(PORTS, cast(Client, StubClient()), Proxy("http://127.0.0.1:23456", http))
        async with client_of(app, PORTS.url("ui")) as browser:
            yield browser


async def test_request_and_answer_are_passed_on_unchanged(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/api/v1/a%2Fb?query=x%20%3D%201", content=b"body")
    assert answer.status_code == 203
    assert answer.text == "the answer of the UI"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["x-url"] == "/api/v1/a%2Fb?query=x%20%3D%201"
    assert answer.headers["x-body"] == "body"
    assert answer.headers["x-host"] == f"127.0.0.1:{PORTS.ui}"
    assert len(answer.headers.get_list("set-cookie")) == 2


async def test_link_to_a_workflow_opens_the_current_details_of_its_last_run(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get(f"{WORKFLOWS}/card-payment-one")
    assert answer.status_code == 307
    assert answer.headers["location"] == (
        f"{PORTS.url('ui')}{WORKFLOWS}/card-payment-one/run-2/user-metadata"
    )


@pytest.mark.parametrize(
    "path", ["/card-payment-none", "/start-workflow", "/card-payment-one/run-2/timeline", ""]
)
async def test_every_other_page_is_that_of_the_ui(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(WORKFLOWS + path)
    assert answer.text == "the answer of the UI"


async def test_list_of_payments_has_its_columns_set_by_a_script_of_this_address(
    browser: httpx.AsyncClient,
) -> None:
    page = await browser.get(payments_url(PORTS))
    script = await browser.get("/payments/columns.js")
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert 'src="/payments/columns.js"' in page.text
    assert f'"{WORKFLOWS}"' in page.text
    assert f'location.replace("{WORKFLOWS}")' in script.text
    assert script.headers["content-type"].startswith("text/javascript")
    assert {path.name for path in PAGES.iterdir()} == {"payments.html", "columns.js"}


async def test_ui_that_does_not_answer_is_a_bad_gateway() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as http:
        app = create_app(PORTS, cast(Client, StubClient()), Proxy("http://127.0.0.1:23456", http))
        async with client_of(app, PORTS.url("ui")) as browser:
            assert (await browser.get("/")).status_code == 502


@pytest.mark.parametrize("raw_path", [b"%2f@evil.example/", b"%2F%2Fevil.example/", b"/"])
async def test_no_path_leads_to_another_server(raw_path: bytes) -> None:
    """Behind the base URL, `%2f@evil.example/` would make the address of the UI a user of evil.example."""
    called: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(request.url.host)
        return httpx.Response(200)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        proxy = Proxy("http://127.0.0.1:23456", http)
        response = await proxy.forward(Request({**scope, "raw_path": raw_path}, receive))
    is_own = raw_path.startswith(b"/")
    assert called == (["127.0.0.1"] if is_own else [])
    assert response.status_code == (200 if is_own else 403)


async def test_site_whose_name_resolves_to_this_machine_reads_nothing(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/v1/namespaces", headers={"Host": f"evil.example:{PORTS.ui}"})
    assert answer.status_code == 403
    assert "x-url" not in answer.headers
