"""Serves the shop on one address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from simulator.http.server import serving
from tools.demo.shop import Shop
from tools.shop.app import create_app
from tools.shop.links import Links
from tools.shop.status_stream import StatusStreams


@asynccontextmanager
async def serving_shop(shop: Shop, links: Links, host: str, port: int) -> AsyncIterator[str]:
    """Serves the shop until the end of the block, and yields its base URL. Raises OSError for a bad port.

    The pages that follow a payment are let go first: a server does not end while it sends.
    """
    streams = StatusStreams(shop.payments)
    async with serving(create_app(shop, links, streams), host, port) as url:
        try:
            yield url
        finally:
            streams.close()
