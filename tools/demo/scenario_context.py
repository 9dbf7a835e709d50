"""What all scenarios of a run share: the shop, the gateway, the display, and the worker's replacement."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

from tools.demo.key_change import KeyChange
from tools.demo.progress import Progress
from tools.demo.shop import Shop
from tools.local_stack.ledger_client import LedgerClient


@dataclass(frozen=True)
class ScenarioContext:
    """`replace_worker` kills the worker and starts another one."""

    shop: Shop
    gateway: LedgerClient
    http: httpx.AsyncClient
    progress: Progress
    replace_worker: Callable[[], Awaitable[None]]
    key_change: KeyChange
