"""A webhook under a flood: how much memory it takes, and that it answers all the same."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.services.sending import CLIENT_ID, NOTIFY_PATH
from tests.support.services.service_process import port_of, running_process
from tests.system.hostile.connections import answer_to, connected
from tests.system.hostile.target import ReportBuilder, Request, gateway_key, strangers_key
from tests.system.hostile.wire import wire

SENDERS = 200
LARGE = 60 * 1024
"""Bytes of a body, a little below the limit."""
_HEADERS = [(b"client-id", b"x"), (b"request-time", b"0"), (b"signature", b"signature=AAAA")]


@dataclass(frozen=True)
class Wave:
    """One wave: what was answered, and the most memory the process has had until then, in MB."""

    tally: ReportBuilder
    megabytes: float
    seconds: float


def memory_of(pid: int) -> float:
    """The most that a process has had in memory, in MB."""
    [peak] = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(peak) / 1024


async def waves(port: int, pid: int, number: int, requests: int) -> Sequence[Wave]:
    """Large forgeries from many senders at once, while as many others stay connected and say nothing."""
    done = []
    for _ in range(number):
        began, tally = time.monotonic(), ReportBuilder()
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(SENDERS)]
        await asyncio.gather(*(_send(port, tally, requests // SENDERS) for _ in range(SENDERS)))
        for _, writer in idle:
            writer.transport.abort()
        done.append(Wave(tally, memory_of(pid), time.monotonic() - began))
    return done


async def _send(port: int, tally: ReportBuilder, requests: int) -> None:
    content = wire(Request(f"{NOTIFY_PATH}/default/A".encode(), _HEADERS, [b"x" * LARGE]))
    async with connected(port) as (reader, writer):
        for _ in range(requests):
            writer.write(content)
            head = await reader.readuntil(b"\r\n\r\n")
            tally.count(int(head[9:12]))


def environment() -> dict[str, str]:
    """What webhook.py needs to be flooded: no Temporal."""
    return {
        "ANTOM_GATEWAY_URL": "http://127.0.0.1:9",
        "ANTOM_CLIENT_ID": CLIENT_ID,
        "ANTOM_MERCHANT_PRIVATE_KEY": strangers_key().private_text,
        "ANTOM_PUBLIC_KEY": gateway_key().public_text,
        "HOLDFAST_NOTIFY_URL": f"https://pay.example.com{NOTIFY_PATH}",
        "HOLDFAST_WEBHOOK_BIND": "127.0.0.1:0",
        "TEMPORAL_ADDRESS": "127.0.0.1:1",
    }


async def flooded(number: int, requests: int) -> tuple[float, Sequence[Wave]]:
    """Floods a webhook of its own with so many waves; returns its memory before, in MB, and the waves.

    The webhook logs a line for each forgery, into a file that it never waits for.
    """
    async with running_process("webhook.py", environment()) as webhook:
        port, pid = await port_of(webhook), webhook.process.pid
        before = memory_of(pid)
        done = await waves(port, pid, number, requests)
        assert b" 200 " in (await answer_to(port, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"))[:20]
    return before, done
