"""What a payment costs a worker when workflow code is passed through the sandbox, and when it is not.

make bench-sandbox                                     3 rounds of 100 payments each way
make bench-sandbox ARGS="--rounds 5 --payments 200"    more

Each round starts one process for each way, one after the other, on one Temporal server and one simulator.
The process holds the worker and the merchant's client, so the ratios of the CPU time are lower bounds.
"""

import argparse
import asyncio
import json
import resource
import secrets
import sys
import time
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from statistics import median
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from holdfast import PaymentClient, PaymentStatus
from holdfast.antom.account import GatewayAccount
from holdfast.temporal.connection import data_converter
from services.accounts.gateway_clients import GatewayClients
from services.worker import sandbox
from services.worker.registration import register_search_attributes
from simulator.http.server import Simulator, running
from tools.demo.shop import Shop, gateway_page
from tools.local_stack.command_line import count
from tools.local_stack.temporal_server import PROGRAM
from worker import build_worker, every_activity

PASSED_THROUGH: Final = "passed through"
SANDBOXED: Final = "sandboxed"
_RESTRICTIONS: Final = {PASSED_THROUGH: sandbox.PRODUCTION, SANDBOXED: sandbox.STRICT}
_AT_ONCE: Final = 10
_VALUE: Final = "30000"
_STORED_CARD: Final[dict[str, object]] = {
    "paymentMethodType": "CARD",
    "paymentMethodId": "token-of-a-stored-card",
}
_POLLING: Final = ("history.transferProcessorMaxPollRPS=1000", "history.timerProcessorMaxPollRPS=1000")

Figures = Mapping[str, float]


def arguments() -> argparse.Namespace:
    """Returns the command line; exits with status 2 if it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.sandbox", description="What the workflow sandbox costs per payment."
    )
    parser.add_argument("--rounds", type=count, default=3, metavar="N")
    parser.add_argument("--payments", type=count, default=100, metavar="N", help="per round and way")
    parser.add_argument("--worker", choices=tuple(_RESTRICTIONS), help=argparse.SUPPRESS)
    return parser.parse_args()


async def worker_figures(way: str, payments: int, servers: Mapping[str, str]) -> Figures:
    """Runs the payments with a worker of its own; returns its cost per payment."""
    async with AsyncExitStack() as stack:
        shop = await _shop(way, servers, stack)
        prefix = secrets.token_hex(4)
        await _pay(shop, f"{prefix}-first")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await _limited([_open(shop, f"{prefix}-open-{number}") for number in range(payments)])
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
        cpu, clock = time.process_time(), time.monotonic()
        await _limited([_pay(shop, f"{prefix}-{number}") for number in range(payments)])
        cpu, clock = time.process_time() - cpu, time.monotonic() - clock
    return {
        "payments per second": payments / clock,
        "CPU ms per payment": 1000 * cpu / payments,
        "KiB per open payment": memory / payments,
    }


async def _shop(way: str, servers: Mapping[str, str], stack: AsyncExitStack) -> Shop:
    client = await Client.connect(servers["temporal"], data_converter=data_converter())
    account = GatewayAccount(
        servers["gateway"], servers["clientId"], servers["merchantKey"], (servers["gatewayKey"],)
    )
    clients = await stack.enter_async_context(GatewayClients({"default": account}))
    activities = every_activity(client, clients, "https://pay.example.com/notifications", None)
    queue = f"queue-{secrets.token_hex(4)}"
    worker = build_worker(client, activities, task_queue=queue, restrictions=_RESTRICTIONS[way])
    await stack.enter_async_context(worker)
    return Shop(PaymentClient(client, task_queue=queue), "https://shop.example")


async def _limited(work: Sequence[Coroutine[object, object, None]]) -> None:
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(each: Coroutine[object, object, None]) -> None:
        async with places:
            await each

    await asyncio.gather(*(one(each) for each in work))


async def _pay(shop: Shop, reference: str) -> None:
    await shop.payments.authorize(shop.order(reference, _VALUE, _STORED_CARD, captureMode="MANUAL"))
    await shop.payments.capture(reference)
    payment = await shop.payments.wait(reference)
    if payment.status is not PaymentStatus.CAPTURED:
        raise RuntimeError(f"{reference} is {payment.status}")


async def _open(shop: Shop, reference: str) -> None:
    payment = await shop.payments.authorize(shop.order(reference, _VALUE, gateway_page()))
    if payment.status is not PaymentStatus.ACTION_REQUIRED:
        raise RuntimeError(f"{reference} is {payment.status}")


async def all_rounds(rounds: int, payments: int) -> Mapping[str, list[Figures]]:
    """Returns the figures of each round by way. Raises RuntimeError if a worker process fails."""
    dynamic = [part for value in _POLLING for part in ("--dynamic-config-value", value)]
    start = WorkflowEnvironment.start_local(
        dev_server_existing_path=str(PROGRAM),
        dev_server_extra_args=dynamic,
        dev_server_log_level="error",
        data_converter=data_converter(),
    )
    found: dict[str, list[Figures]] = {way: [] for way in _RESTRICTIONS}
    async with await start as temporal, running(simulator := Simulator()) as gateway:
        simulator.inject_fault("notification", "none", times=-1)
        await register_search_attributes(temporal.client)
        servers = {
            "temporal": temporal.client.service_client.config.target_host,
            "gateway": gateway,
            "clientId": simulator.keys.client_id,
            "merchantKey": simulator.keys.merchant_private_key,
            "gatewayKey": simulator.keys.gateway_public_key,
        }
        for _ in range(rounds):
            for way in _RESTRICTIONS:
                found[way].append(await _in_a_process(way, payments, servers))
    return found


async def _in_a_process(way: str, payments: int, servers: Mapping[str, str]) -> Figures:
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", __spec__.name, "--worker", way, "--payments", str(payments)]
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    output, _ = await process.communicate(json.dumps(servers).encode())
    if process.returncode != 0:
        raise RuntimeError(f"the worker process of the way {way!r} ended with status {process.returncode}")
    figures: dict[str, float] = json.loads(output)
    return figures


def report(out: Console, found: Mapping[str, Sequence[Figures]]) -> None:
    """Prints the median of each figure by way, and the ratio of each round as minimum, median and maximum."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in ("", PASSED_THROUGH, SANDBOXED, "ratio [min .. max]"):
        table.add_column(heading, no_wrap=True)
    for name in found[PASSED_THROUGH][0]:
        columns = [[figures[name] for figures in found[way]] for way in (PASSED_THROUGH, SANDBOXED)]
        ratios = [there / here for here, there in zip(*columns, strict=True)]
        spread = f"{median(ratios):.2f} [{min(ratios):.2f} .. {max(ratios):.2f}]"
        table.add_row(name, *(f"{median(values):.1f}" for values in columns), spread)
    out.print(table)


def main() -> int:
    """Runs the benchmark; returns 0."""
    given = arguments()
    if given.worker:
        figures = asyncio.run(worker_figures(given.worker, given.payments, json.load(sys.stdin)))
        json.dump(figures, sys.stdout)
        return 0
    report(Console(), asyncio.run(all_rounds(given.rounds, given.payments)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
