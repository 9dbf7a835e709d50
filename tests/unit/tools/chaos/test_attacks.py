"""Each attack has the signature, the address and the content that its name says."""

import json
from typing import cast

import httpx
import pytest

from holdfast.antom.signing import is_valid, sign
from simulator.keys import Keys
from tools.chaos.faults.attacks import ATTACK_HEADER, TIMES, Attacker
from tools.chaos.faults.message import Message
from tools.chaos.plan import Attack
from tools.chaos.proxied_stack import ProxiedStack

KEYS = Keys.generate()
HOST = "http://127.0.0.1:1"
BASE = "/antom/notifications/default"
OWN, OTHER = "ch-1-00000", "ch-1-00001"


class Webhook:
    """Accepts requests, after some tries for which it is not available."""

    def __init__(self, unavailable: int = 0) -> None:
        self.unavailable = unavailable
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if len(self.requests) <= self.unavailable:
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


class _LocalStack:
    keys = KEYS


class _ProxiedStack:
    notify_url = HOST + BASE
    local = _LocalStack()


def genuine(reference: str, value: str = "101") -> Message:
    """Returns a notification as the gateway sends it, signed for its own payment's address."""
    return signed(reference, value, KEYS.gateway_private_key)


def forged(reference: str) -> Message:
    """Returns a notification that the gateway has not signed, as a fault of the simulator sends it."""
    return signed(reference, "101", KEYS.merchant_private_key)


def signed(reference: str, value: str, private_key: str) -> Message:
    amount = {"currency": "EUR", "value": value}
    body = json.dumps({"paymentRequestId": f"{reference}-1", "paymentAmount": amount}).encode()
    path, client_id, time = f"{BASE}/{reference}", KEYS.client_id, "2026-11-23T10:00:00Z"
    signature = sign(
        method="POST", path=path, client_id=client_id, time=time, body=body, private_key=private_key
    )
    headers = {"client-id": client_id, "request-time": time, "signature": signature}
    lines = [f"{name}: {text}" for name, text in {**headers, "content-type": "application/json"}.items()]
    head = f"POST {path} HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n"
    return Message(head.encode(), body)


@pytest.mark.parametrize(
    ("attack", "status", "about", "value"),
    [
        (Attack.FORGED, 401, OWN, "102"),
        (Attack.REPLAYED, 200, OWN, "101"),
        (Attack.REPLAYED_FIRST, 200, OWN, "101"),
        (Attack.REPLAYED_TO_OTHER, 401, OTHER, "101"),
        (Attack.SIGNED_AMOUNT, 200, OWN, "102"),
        (Attack.SIGNED_OTHER, 200, OTHER, "101"),
    ],
)
async def test_attack_has_the_signature_address_and_content_of_its_name(
    monkeypatch: pytest.MonkeyPatch, attack: Attack, status: int, about: str, value: str
) -> None:
    monkeypatch.setattr("tools.chaos.faults.attacks._PAUSE", 0)
    attacker, webhook = Attacker(), Webhook()
    for reference in (OWN, OTHER):
        attacker.observe(genuine(reference))
    async with httpx.AsyncClient(transport=httpx.MockTransport(webhook)) as http:
        await attacker.attack(attack, OWN, cast(ProxiedStack, _ProxiedStack()), http, "seed")
    [result] = attacker.results
    assert (result.reference, result.status) == (OWN, status)
    [request] = webhook.requests
    assert request.url.path == f"{BASE}/{OWN}"
    content = json.loads(request.content)
    assert (content["paymentRequestId"], content["paymentAmount"]["value"]) == (f"{about}-1", value)


async def test_attack_is_repeated_while_no_webhook_is_available(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.chaos.faults.attacks._PAUSE", 0)
    attacker, webhook = Attacker(), Webhook(unavailable=3)
    attacker.observe(genuine(OWN))
    async with httpx.AsyncClient(transport=httpx.MockTransport(webhook)) as http:
        await attacker.attack(Attack.REPLAYED, OWN, cast(ProxiedStack, _ProxiedStack()), http, "seed")
    assert len(webhook.requests) == 4
    assert attacker.results[0].status == 200


async def test_first_notification_is_sent_again_after_a_later_one() -> None:
    attacker, webhook, first = Attacker(), Webhook(), genuine(OWN)
    for message in (forged(OWN), first, genuine(OWN, "200")):
        attacker.observe(message)
    async with httpx.AsyncClient(transport=httpx.MockTransport(webhook)) as http:
        await attacker.attack(Attack.REPLAYED_FIRST, OWN, cast(ProxiedStack, _ProxiedStack()), http, "seed")
    [request] = webhook.requests
    assert request.content == first.body


@pytest.mark.parametrize("refused", [False, True])
async def test_notification_is_sent_again_many_times_with_one_result(refused: bool) -> None:
    attacker, message = Attacker(), genuine(OWN)
    attacker.observe(message)
    requests: list[httpx.Request] = []

    def webhook(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(500 if refused and len(requests) == 7 else 200)

    async with httpx.AsyncClient(transport=httpx.MockTransport(webhook)) as http:
        await attacker.attack(Attack.REPLAYED_OFTEN, OWN, cast(ProxiedStack, _ProxiedStack()), http, "seed")
    assert {request.content for request in requests} == {message.body}
    assert len(requests) == TIMES
    [result] = attacker.results
    assert result.status == (500 if refused else 200)


async def test_equal_notifications_are_counted_once() -> None:
    attacker, message = Attacker(), genuine(OWN)
    for each in (message, message, genuine(OWN, "200"), forged(OWN)):
        attacker.observe(each)
    assert attacker.different(OWN, KEYS) == 2
    assert attacker.different(OTHER, KEYS) == 0


async def test_attacks_are_not_observed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.chaos.faults.attacks._PAUSE", 0)
    attacker, message = Attacker(), genuine(OWN)
    ours = Message(
        message.head.replace(b"\r\n\r\n", f"\r\n{ATTACK_HEADER}: 1\r\n\r\n".encode()), message.body
    )
    attacker.observe(ours)
    async with httpx.AsyncClient(transport=httpx.MockTransport(Webhook())) as http:
        await attacker.attack(Attack.REPLAYED, OWN, cast(ProxiedStack, _ProxiedStack()), http, "seed")
    assert attacker.results == []
