"""Which settings of a Redis or Valkey server keep cards longer than allowed, or lose them before.

A security code must not be kept after authorization, even encrypted (PCI DSS 3.3.1), and a deleted entry is
still in a snapshot or an append-only file.
"""

from collections.abc import Mapping

from redis.asyncio import Redis
from redis.exceptions import ResponseError

_UNKNOWN = "unknown"
_WANTED = (
    (
        "maxmemory_policy",
        "noeviction",
        "a full server drops cards before they are paid with; set maxmemory-policy noeviction",
    ),
    ("aof_enabled", 0, "the append-only file keeps cards after they are deleted; set appendonly no"),
    ("save", "", 'snapshots keep cards after they are deleted; set save ""'),
    ("connected_slaves", 0, "each replica holds the cards too; use none, or see to the same settings there"),
    ("role", "master", "a replica takes no cards; name the primary"),
    ("cluster_enabled", 0, "the vault does not speak to a cluster; name a single server"),
)
"""What INFO, and for `save` CONFIG GET, should say. Managed services often refuse the latter."""


async def concerns_of(server: Redis) -> list[str]:
    """A line for each setting that should be another one, or that the server does not tell."""
    told = {**await _info(server), "save": await _save(server)}
    return [
        f"{name} is {told.get(name, _UNKNOWN)!r}: {why}"
        for name, wanted, why in _WANTED
        if told.get(name) != wanted
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
