"""Notifications that must not count: forged, genuine ones at another payment's address, signed lies."""

import asyncio
import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
from temporalio.service import RPCError, RPCStatusCode

from holdfast.antom.signing import sign
from tools.chaos.faults.message import Message
from tools.chaos.machine import Machine
from tools.chaos.plan import Attack

OURS = "x-chaos"
"""The header that tells our own posts from the gateway's."""
REFUSED = frozenset({Attack.FORGED, Attack.REPLAYED_ELSEWHERE})
"""These have no valid signature for where they are sent."""
_TRIES, _PAUSE = 12, 1.0
_BUSY = 503


@dataclass(frozen=True)
class Blow:
    """One attack and the answer to it: a status, or 0 where nobody ever answered."""

    reference: str
    attack: Attack
    status: int
    late_id: str
    """Where it is kept if its payment had ended."""
    is_kept: bool = False


class Attacker:
    """Overhears what the gateway sends, and sends what it did not."""

    def __init__(self) -> None:
        self._heard: dict[str, Message] = {}
        self.blows: list[Blow] = []

    def overhear(self, request: Message) -> None:
        """A request on its way to the webhooks; the last one of each payment is kept."""
        if OURS not in request.headers:
            self._heard[request.target.rsplit("/", 1)[-1]] = request

    async def strike(
        self, attack: Attack, reference: str, machine: Machine, http: httpx.AsyncClient, chance: str
    ) -> None:
        """Send it, again and again while nobody can take it; nothing where nothing was overheard in time."""
        source = await self._source(attack, reference, random.Random(chance))
        if source is None:
            return
        url = f"{machine.notify_url}/{reference}"
        body, headers = _forge(attack, source, urlsplit(url).path, machine)
        status = await _posted(http, url, body, headers)
        digest = hashlib.sha256(b"default\n" + body).hexdigest()
        self.blows.append(Blow(reference, attack, status, f"late-notification-{digest[:40]}"))

    async def _source(self, attack: Attack, reference: str, rng: random.Random) -> Message | None:
        own = attack not in (Attack.REPLAYED_ELSEWHERE, Attack.SIGNED_OTHER)
        for _ in range(_TRIES):
            known = sorted(name for name in self._heard if (name == reference) is own)
            if known:
                return self._heard[rng.choice(known)]
            await asyncio.sleep(_PAUSE)
        return None


def _forge(attack: Attack, source: Message, path: str, machine: Machine) -> tuple[bytes, Mapping[str, str]]:
    if attack in (Attack.REPLAYED, Attack.REPLAYED_ELSEWHERE):
        names = ("client-id", "request-time", "signature", "content-type")
        return source.body, {name: source.headers[name] for name in names}
    body = source.body if attack is Attack.SIGNED_OTHER else _one_more(source.body)
    time = datetime.now(UTC).isoformat(timespec="seconds")
    signed = sign(
        method="POST",
        path=path,
        client_id=machine.client_id,
        time=time,
        # signed for something else, it is as good as any forgery
        body=b"{}" if attack is Attack.FORGED else body,
        private_key=machine.gateway_key,
    )
    named = {"client-id": machine.client_id, "request-time": time, "signature": signed}
    return body, {**named, "content-type": "application/json; charset=UTF-8"}


def _one_more(body: bytes) -> bytes:
    """Every amount one minor unit higher."""

    def higher(found: dict[str, object]) -> dict[str, object]:
        is_amount = set(found) == {"currency", "value"}
        return {**found, "value": str(int(str(found["value"])) + 1)} if is_amount else found

    return json.dumps(json.loads(body, object_hook=higher), separators=(",", ":")).encode()


async def _posted(http: httpx.AsyncClient, url: str, body: bytes, headers: Mapping[str, str]) -> int:
    for _ in range(_TRIES):
        try:
            answer = await http.post(url, content=body, headers={**headers, OURS: "1"})
        except httpx.HTTPError:
            pass
        else:
            if answer.status_code != _BUSY:
                return answer.status_code
        await asyncio.sleep(_PAUSE)
    return 0


async def looked_up(machine: Machine, blow: Blow) -> Blow:
    """The blow, with whether an operator finds it as a `LateNotification`."""
    try:
        await machine.client.get_workflow_handle(blow.late_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return blow
        raise
    return replace(blow, is_kept=True)
