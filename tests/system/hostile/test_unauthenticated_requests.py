"""Every unauthenticated request is refused with the same work, without 5xx, signal or reason."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from holdfast.antom import signing
from tests.support.services.notification_sender import NOTIFY_PATH
from tests.system.hostile.bad_requests import try_bad_requests
from tests.system.hostile.changed_notifications import try_changed_notifications, with_part
from tests.system.hostile.target import (
    CountingTemporal,
    Request,
    answer_to,
    gateway_key,
    other_key,
    signed,
    status_of,
    target,
)


def test_bad_requests_are_refused_without_an_error() -> None:
    responses = try_bad_requests(1500)
    assert responses.total >= 1500
    assert (responses.accepted, responses.failed) == (0, 0)
    assert {401, 404, 405, 408, 413} <= set(responses.statuses), "each kind of refusal is reached"


def test_changed_byte_of_a_valid_notification_is_refused() -> None:
    for region, responses in try_changed_notifications(bits=(0,)).items():
        assert responses.total > 50, region
        assert (responses.accepted, responses.failed) == (0, 0), region


FLAWS: dict[str, Callable[[Request], Request]] = {
    "another's signature": lambda _: signed("ORDER_A", other_key()),
    "no signature": lambda valid: replace(valid, headers=valid.headers[:2]),
    "a malformed signature": lambda valid: with_part(valid, "signature", b"nonsense"),
    "a short signature": lambda valid: with_part(valid, "signature", b"signature=AAAA"),
    "another client id": lambda valid: with_part(valid, "client id", b"5X00000000000002"),
    "no client id": lambda valid: replace(valid, headers=valid.headers[1:]),
    "another time": lambda valid: with_part(valid, "time", b"0"),
    "no time": lambda valid: with_part(valid, "time", b"now"),
    "an account that is not there": lambda valid: replace(valid, target=f"{NOTIFY_PATH}/unknown/A".encode()),
    "another payment": lambda valid: replace(valid, target=f"{NOTIFY_PATH}/default/B".encode()),
    "a query": lambda valid: replace(valid, target=valid.target + b"?a=b"),
    "everything": lambda _: Request(f"{NOTIFY_PATH}/unknown".encode(), [], []),
}


@pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS)
async def test_every_flaw_costs_the_same_and_gets_the_same_response(
    flaw: Callable[[Request], Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[int] = []

    def counted(content: bytes, signature: bytes, key: object) -> bool:
        verified.append(len(signature))
        return verifies(content, signature, key)

    verifies = signing._verifies
    monkeypatch.setattr(signing, "_verifies", counted)
    temporal = CountingTemporal()
    start, body = await answer_to(target(temporal), flaw(signed("ORDER_A", gateway_key())))
    assert (start["status"], body["body"]) == (401, b"")
    assert dict(start["headers"]) == {b"content-length": b"0"}
    assert len(verified) == 1, "one signature is verified, whatever is wrong"
    assert (temporal.signals, temporal.started) == (0, 0)


async def test_notification_sent_to_another_payment_is_refused() -> None:
    temporal = CountingTemporal()
    app, valid = target(temporal), signed("ORDER_A", gateway_key())
    assert await status_of(app, valid) == 200
    for end in ("ORDER_B", "ORDER_A/", "ORDER%5FA", "order_a", "ORDER_A%00", ""):
        replayed = replace(valid, target=f"{NOTIFY_PATH}/default/{end}".encode())
        assert await status_of(app, replayed) == 401
    assert temporal.signals == 1


def test_signature_has_one_notation() -> None:
    """The last letter of its base64 has four unused bits."""
    valid = signed("ORDER_A", gateway_key())
    header = valid.headers[2][1].decode().replace("%3D", "=")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = header.rstrip("=")[-1]
    other = alphabet[alphabet.index(last) ^ 1]
    assert signing._parse_header(header) is not None
    assert signing._parse_header(header.rstrip("=")[:-1] + other + "==") is None
