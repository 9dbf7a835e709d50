"""Each attack is what its name says: signed where it is, and only where it is, and about what it is about."""

import json
from typing import cast

import httpx
import pytest

from holdfast.antom.signing import is_valid
from simulator.keys import Keys
from tools.chaos.faults.attacks import OURS, Attacker
from tools.chaos.faults.message import Message
from tools.chaos.machine import Machine
from tools.chaos.plan import Attack

KEYS = Keys.generate()
HOST = "http://127.0.0.1:1"
BASE = "/antom/notifications/default"
OWN, OTHER = "ch-1-00000", "ch-1-00001"


class Webhook:
    """Takes what is posted, after some tries at which nobody is there."""

    def __init__(self, absent: int = 0) -> None:
        self.absent = absent
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if len(self.requests) <= self.absent:
            return httpx.Response(503)
        return httpx.Response(200 if is_genuine(request) else 401)


def is_genuine(request: httpx.Request) -> bool:
    return is_valid(
        request.headers["signature"],
        method="POST",
        path=request.url.path,
        client_id=KEYS.client_id,
        time=request.headers["request-time"],
        body=request.content,
        public_keys=[KEYS.gateway_public_key],
    )


class _Machine:
    notify_url = HOST + BASE
    gateway_key = KEYS.gateway_private_key
    client_id = KEYS.client_id


async def genuine(reference: str) -> Message:
    """A notification as the gateway sends it: signed for its own payment's address."""
    machine, teller = cast(Machine, _Machine()), Attacker()
    teller.overhear(plain(reference))
    webhook = Webhook()
    async with httpx.AsyncClient(transport=httpx.MockTransport(webhook)) as http:
        await teller.strike(Attack.SIGNED_AMOUNT, reference, machine, http, "")
    [request] = webhook.requests
    lines = [f"{name}: {value}" for name, value in request.headers.items() if name != OURS]
    head = f"POST {request.url.path} HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n"
    return Message(head.encode(), request.content)


def plain(reference: str) -> Message:
    body = {"paymentRequestId": f"{reference}-1", "paymentAmount": {"currency": "EUR", "value": "100"}}
    return Message(f"POST {BASE}/{reference} HTTP/1.1\r\n\r\n".encode(), json.dumps(body).encode())


@pytest.mark.parametrize(
    ("attack", "status", "about", "value"),
    [
        (Attack.FORGED, 401, OWN, "102"),
        (Attack.REPLAYED, 200, OWN, "101"),
        (Attack.REPLAYED_ELSEWHERE, 401, OTHER, "101"),
        (Attack.SIGNED_AMOUNT, 200, OWN, "102"),
        (Attack.SIGNED_OTHER, 200, OTHER, "101"),
    ],
)
async def test_an_attack_is_what_its_name_says(attack: Attack, status: int, about: str, value: str) -> None:
    attacker, webhook = Attacker(), Webhook()
    for reference in (OWN, OTHER):
        attacker.overhear(await genuine(reference))
    async with httpx.AsyncClient(transport=httpx.MockTransport(webhook)) as http:
        await attacker.strike(attack, OWN, cast(Machine, _Machine()), http, "chance")
    [blow] = attacker.blows
    assert (blow.reference, blow.status) == (OWN, status)
    [request] = webhook.requests
    assert request.url.path == f"{BASE}/{OWN}"
    said = json.loads(request.content)
    assert (said["paymentRequestId"], said["paymentAmount"]["value"]) == (f"{about}-1", value)


async def test_what_nobody_can_take_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.chaos.faults.attacks._PAUSE", 0)
    attacker, webhook = Attacker(), Webhook(absent=3)
    attacker.overhear(await genuine(OWN))
    async with httpx.AsyncClient(transport=httpx.MockTransport(webhook)) as http:
        await attacker.strike(Attack.REPLAYED, OWN, cast(Machine, _Machine()), http, "chance")
    assert len(webhook.requests) == 4
    assert attacker.blows[0].status == 200


async def test_our_own_posts_are_not_overheard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.chaos.faults.attacks._PAUSE", 0)
    attacker, message = Attacker(), await genuine(OWN)
    ours = Message(message.head.replace(b"\r\n\r\n", f"\r\n{OURS}: 1\r\n\r\n".encode()), message.body)
    attacker.overhear(ours)
    async with httpx.AsyncClient(transport=httpx.MockTransport(Webhook())) as http:
        await attacker.strike(Attack.REPLAYED, OWN, cast(Machine, _Machine()), http, "chance")
    assert attacker.blows == []
