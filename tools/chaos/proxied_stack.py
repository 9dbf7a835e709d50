"""The processes of a run, with a proxy before the gateway and one before the webhooks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx

from tools.chaos.faults.process_faults import WEBHOOKS, WORKERS
from tools.chaos.faults.proxy import Proxy, RequestListener
from tools.local_stack.folder import Folder
from tools.local_stack.ports import HOST, NAMES, Ports, free_ports
from tools.local_stack.stack import NOTIFY_PATH, LocalStack, StackConfig, running_stack

ANSWER_WITHIN = timedelta(seconds=45)
"""How long a merchant waits for one response of Temporal."""
TIME_SCALE = 120
"""With this factor the gateway repeats a notification after one second, then after five."""


@dataclass(frozen=True)
class ProxiedStack:
    """A local stack and its two proxies."""

    local: LocalStack
    to_gateway: Proxy
    to_webhooks: Proxy

    @property
    def notify_url(self) -> str:
        """The address of notifications for the default merchant account."""
        return f"{self.local.notify_url}/default"

    async def recover(self) -> None:
        """Removes every fault of processes and connections. Raises ProcessFailed."""
        for proxy in (self.to_gateway, self.to_webhooks):
            proxy.clear()
        await self.local.start_all()


@asynccontextmanager
async def running_proxied_stack(
    folder: Folder, http: httpx.AsyncClient, listener: RequestListener
) -> AsyncIterator[ProxiedStack]:
    """Yields a stack with two workers and two webhooks; `listener` receives what is sent to the webhooks.

    Raises ProcessFailed, and OSError when a port is not available.
    """
    chosen = free_ports(len(NAMES) + len(WEBHOOKS))
    ports, webhooks = Ports(*chosen[: len(NAMES)]), chosen[len(NAMES) :]
    to_gateway, to_webhooks = Proxy([ports.simulator]), Proxy(webhooks, listener)
    await asyncio.gather(to_gateway.open(), to_webhooks.open())
    config = StackConfig(
        folder,
        ports,
        workers=len(WORKERS),
        webhook_ports=webhooks,
        gateway_url=f"http://{HOST}:{to_gateway.port}",
        notify_url=f"http://{HOST}:{to_webhooks.port}{NOTIFY_PATH}",
        time_scale=TIME_SCALE,
        answer_within=ANSWER_WITHIN,
    )
    try:
        async with running_stack(config, http) as stack:
            yield ProxiedStack(stack, to_gateway, to_webhooks)
    finally:
        await asyncio.gather(to_gateway.close(), to_webhooks.close())
