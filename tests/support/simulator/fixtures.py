"""A simulator on a free port, a merchant that calls it, and an inbox for its notifications."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from simulator.http.server import Simulator, running, serving
from simulator.keys import Keys
from tests.support.simulator.merchant import Inbox, Merchant


@pytest.fixture(scope="session")
def keys() -> Keys:
    """One set of keys for all tests: generating them takes longer than the tests."""
    return Keys.generate()


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client for the loopback interface, without proxies."""
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        yield client


@pytest.fixture(scope="session")
async def served(keys: Keys) -> AsyncIterator[Simulator]:
    """The simulator of all tests; the gateway's own waits are ten thousand times shorter."""
    simulator = Simulator(keys, time_scale=10_000)
    async with running(simulator):
        yield simulator


@pytest.fixture
async def simulator(served: Simulator) -> Simulator:
    """The served simulator without the state of other tests."""
    await served.reset()
    return served


@pytest.fixture
def merchant(simulator: Simulator, http: httpx.AsyncClient) -> Merchant:
    """A merchant that calls the simulator."""
    return Merchant(simulator.base_url, simulator.keys, http)


@pytest.fixture
async def inbox(keys: Keys) -> AsyncIterator[Inbox]:
    """A webhook of the merchant."""
    received = Inbox(keys)
    routes = [Route("/notify/{rest:path}", received.receive, methods=["POST"])]
    async with serving(Starlette(routes=routes)) as base_url:
        received.url = f"{base_url}/notify/default/order-1"
        yield received
