"""Finds settings of a Redis or Valkey server that keep cards longer than allowed, or lose them early.

A security code must not be kept after authorization, even encrypted (PCI DSS 3.3.1), and a deleted entry
remains in a snapshot or an append-only file.
"""

from collections.abc import Mapping

from redis.asyncio import Redis
from redis.exceptions import ResponseError

_UNKNOWN = "unknown"
_REQUIRED = (
    (
        "maxmemory_policy",
        "noeviction",
        "a full server drops cards before they are paid with; set maxmemory-policy noeviction",
    ),
    ("aof_enabled", 0, "the append-only file keeps cards after they are deleted; set appendonly no"),
    ("save", "", 'snapshots keep cards after they are deleted; set save ""'),
    (
        "connected_slaves",
        0,
        "each replica holds the cards too; use none, or apply the same settings to each",
    ),
    ("role", "master", "a replica accepts no cards; use the address of the primary"),
    ("cluster_enabled", 0, "the vault does not support clusters; use a single server"),
)
"""Field of INFO, or of CONFIG GET for `save`, with its required value and the reason.

Managed services often refuse CONFIG GET.
"""


async def read_config_warnings(server: Redis) -> list[str]:
    """Returns a line for each setting that has another value than required, or that the server withholds."""
    settings = {**await _info(server), "save": await _save(server)}
    return [
        f"{name} is {settings.get(name, _UNKNOWN)!r}: {reason}"
        for name, required, reason in _REQUIRED
        if settings.get(name) != required
    ]


async def _info(server: Redis) -> Mapping[str, object]:
    try:
        return await server.info()
    except ResponseError:
        return {}


async def _save(server: Redis) -> object:
    try:
        return (await server.config_get("save")).get("save", _UNKNOWN)
    except ResponseError:
        return _UNKNOWN
