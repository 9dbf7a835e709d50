"""Valid notifications with one byte changed, in each signed region and in the signature."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

from holdfast.antom.signing import _parse_header
from tests.system.hostile.target import (
    CountingTemporal,
    Request,
    ResponseCounts,
    gateway_key,
    signed,
    status_of,
    target,
)

REGIONS = ("body", "path", "client id", "time", "signature")
BITS = tuple(range(8))
_HEADERS = {"client id": 0, "time": 1, "signature": 2}


def part(request: Request, region: str) -> bytes:
    """Returns the bytes of a region."""
    if region == "body":
        return request.chunks[0]
    return request.target if region == "path" else request.headers[_HEADERS[region]][1]


def with_part(request: Request, region: str, value: bytes) -> Request:
    """Returns the request with other bytes in a region."""
    if region == "body":
        return replace(request, chunks=[value])
    if region == "path":
        return replace(request, target=value)
    headers = [*request.headers]
    headers[_HEADERS[region]] = (headers[_HEADERS[region]][0], value)
    return replace(request, headers=headers)


def changes(text: bytes, bits: tuple[int, ...]) -> Iterator[bytes]:
    """Yields changes of each byte: inverted bit, removed, duplicated, preceded by another one, truncated."""
    for at, byte in enumerate(text):
        yield from (text[:at] + bytes([byte ^ 1 << bit]) + text[at + 1 :] for bit in bits)
        yield text[:at] + text[at + 1 :]
        yield text[: at + 1] + text[at:]
        yield text[:at] + b"0" + text[at:]
        yield text[:at]


def changed(bits: tuple[int, ...]) -> Iterator[tuple[str, Request]]:
    """Yields every change of every region, and every region replaced by that of another notification."""
    valid, other = signed("ORDER_A", gateway_key()), signed("ORDER_B", gateway_key())
    for region in REGIONS:
        text = part(valid, region)
        news = {*changes(text, bits), part(other, region)} - {text}
        yield from ((region, with_part(valid, region, new)) for new in news if _is_another(region, new, text))


def _is_another(region: str, new: bytes, old: bytes) -> bool:
    """Whether the change is a forgery: another notation of the same signature is none (`%2b` for `%2B`)."""
    if region != "signature":
        return True
    return _parse_header(new.decode("latin-1")) != _parse_header(old.decode("latin-1"))


def try_changed_notifications(bits: tuple[int, ...] = BITS) -> dict[str, ResponseCounts]:
    """Sends all changes, by region. Raises AssertionError when the unchanged one is not accepted."""
    temporal = CountingTemporal()
    app = target(temporal)
    counts = {region: ResponseCounts() for region in REGIONS}
    with asyncio.Runner() as runner:
        assert runner.run(status_of(app, signed("ORDER_A", gateway_key()))) == 200
        assert temporal.signals == 1
        for region, request in changed(bits):
            before = temporal.signals + temporal.started
            counts[region].count(runner.run(status_of(app, request)))
            counts[region].signals += temporal.signals + temporal.started - before
    return counts
