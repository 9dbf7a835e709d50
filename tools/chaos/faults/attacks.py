"""Notifications that must not be applied: forged, replayed to another payment, signed but false."""

import asyncio
import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
from temporalio.api.enums.v1 import EventType
from temporalio.service import RPCError, RPCStatusCode

from holdfast.antom.signing import is_valid, sign
from holdfast.temporal.names import workflow_id
from simulator.keys import Keys
from tools.chaos.faults.message import Message
from tools.chaos.plan import Attack
from tools.chaos.proxied_stack import ProxiedStack

ATTACK_HEADER = "x-chaos"
"""This header distinguishes the attacker's requests from the gateway's."""
UNAUTHENTICATED = frozenset({Attack.FORGED, Attack.REPLAYED_TO_OTHER})
"""These have no valid signature for their address."""
REPLAYS = frozenset({Attack.REPLAYED, Attack.REPLAYED_OFTEN, Attack.REPLAYED_FIRST})
"""These are requests of the gateway itself, sent again to their own address."""
TIMES = 30
"""How often a notification is sent again that is sent many times."""
_TRIES, _PAUSE = 12, 1.0
_ACKNOWLEDGED, _UNAVAILABLE = 200, 503


@dataclass(frozen=True)
class AttackResult:
    """One attack and the HTTP status of the response, or 0 when there was none."""

    reference: str
    attack: Attack
    status: int
    late_id: str
    """The workflow id under which it is recorded when its payment has ended."""
    is_recorded: bool = False
    stored: int = 0
    """How many notifications the payment's history holds."""
    different: int = 0
    """How many notifications of the gateway to this payment differed from each other."""


class Attacker:
    """Observes the gateway's notifications and sends attacks made from them."""

    def __init__(self) -> None:
        self._observed: defaultdict[str, list[Message]] = defaultdict(list)
        self.results: list[AttackResult] = []

    def observe(self, request: Message) -> None:
        """Records a request of the gateway to the webhooks."""
        if ATTACK_HEADER not in request.headers:
            self._observed[request.target.rsplit("/", 1)[-1]].append(request)

    def different(self, reference: str, keys: Keys) -> int:
        """Returns how many different notifications the gateway has signed for the payment."""
        return len({each.body for each in self._genuine(reference, keys)})

    def _genuine(self, reference: str, keys: Keys) -> list[Message]:
        """Returns the payment's notifications without those that a fault of the gateway has forged."""
        return [each for each in self._observed.get(reference, ()) if _is_genuine(each, keys)]

    async def attack(
        self, attack: Attack, reference: str, stack: ProxiedStack, http: httpx.AsyncClient, random_seed: str
    ) -> None:
        """Sends one attack, repeatedly while no webhook is available.

        Does nothing when no notification was observed in time.
        """
        source = await self._source(attack, reference, random.Random(random_seed), stack.local.keys)
        if source is None:
            return
        url = f"{stack.notify_url}/{reference}"
        body, headers = _forge(attack, source, urlsplit(url).path, stack.local.keys)
        times = TIMES if attack is Attack.REPLAYED_OFTEN else 1
        statuses = [await _posted(http, url, body, headers) for _ in range(times)]
        # one that is refused among many is the result
        status = next((each for each in statuses if each != _ACKNOWLEDGED), _ACKNOWLEDGED)
        digest = hashlib.sha256(b"default\n" + body).hexdigest()
        self.results.append(AttackResult(reference, attack, status, f"late-notification-{digest[:40]}"))

    async def _source(self, attack: Attack, reference: str, rng: random.Random, keys: Keys) -> Message | None:
        own = attack not in (Attack.REPLAYED_TO_OTHER, Attack.SIGNED_OTHER)
        is_first = attack is Attack.REPLAYED_FIRST
        for _ in range(_TRIES):
            known = sorted(name for name in self._observed if (name == reference) is own)
            messages = self._genuine(rng.choice(known), keys) if known else []
            # the first one is sent again after another one where there is one
            if messages and not (is_first and self.different(reference, keys) == 1):
                break
            await asyncio.sleep(_PAUSE)
        if not messages:
            return None
        return messages[0 if is_first else -1]


def _is_genuine(message: Message, keys: Keys) -> bool:
    headers = message.headers
    return is_valid(
        headers.get("signature", ""),
        method="POST",
        path=message.target,
        client_id=headers.get("client-id", ""),
        time=headers.get("request-time", ""),
        body=message.body,
        public_keys=[keys.gateway_public_key],
    )


def _forge(attack: Attack, source: Message, path: str, keys: Keys) -> tuple[bytes, Mapping[str, str]]:
    if attack in (*REPLAYS, Attack.REPLAYED_TO_OTHER):
        names = ("client-id", "request-time", "signature", "content-type")
        return source.body, {name: source.headers[name] for name in names}
    body = source.body if attack is Attack.SIGNED_OTHER else _with_higher_amounts(source.body)
    time = datetime.now(UTC).isoformat(timespec="seconds")
    signed = sign(
        method="POST",
        path=path,
        client_id=keys.client_id,
        time=time,
        # a signature of another body is a forgery
        body=b"{}" if attack is Attack.FORGED else body,
        private_key=keys.gateway_private_key,
    )
    named = {"client-id": keys.client_id, "request-time": time, "signature": signed}
    return body, {**named, "content-type": "application/json; charset=UTF-8"}


def _with_higher_amounts(body: bytes) -> bytes:
    """Returns the body with every amount one minor unit higher."""

    def higher(found: dict[str, object]) -> dict[str, object]:
        is_amount = set(found) == {"currency", "value"}
        return {**found, "value": str(int(str(found["value"])) + 1)} if is_amount else found

    return json.dumps(json.loads(body, object_hook=higher), separators=(",", ":")).encode()


async def _posted(http: httpx.AsyncClient, url: str, body: bytes, headers: Mapping[str, str]) -> int:
    for _ in range(_TRIES):
        try:
            answer = await http.post(url, content=body, headers={**headers, ATTACK_HEADER: "1"})
        except httpx.HTTPError:
            pass
        else:
            if answer.status_code != _UNAVAILABLE:
                return answer.status_code
        await asyncio.sleep(_PAUSE)
    return 0


async def with_stored(stack: ProxiedStack, attacker: Attacker, result: AttackResult) -> AttackResult:
    """Returns the result with how many notifications the payment's history holds."""
    if result.attack is not Attack.REPLAYED_OFTEN:
        return result
    handle = stack.local.client.get_workflow_handle(workflow_id(result.reference))
    stored = 0
    async for event in handle.fetch_history_events():
        stored += event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
    return replace(result, stored=stored, different=attacker.different(result.reference, stack.local.keys))


async def with_record(stack: ProxiedStack, result: AttackResult) -> AttackResult:
    """Returns the result with whether an operator finds it as a `LateNotification`."""
    try:
        await stack.local.client.get_workflow_handle(result.late_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return result
        raise
    return replace(result, is_recorded=True)
