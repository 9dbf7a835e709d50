"""Payments whose history grows by signed claims until their workflow continues as new."""

import asyncio
import json
import secrets
from itertools import count

from tests.support.replay.recording import histories_of
from tests.support.world import Json, World

_NUMBERS = count(1)
_AT_ONCE = 10
_MOST_CLAIMS = 200


def claim(world: World, reference: str, attempt: int = 1, **fields: object) -> bytes:
    """Returns a PAYMENT_RESULT of success whose amount no other notification has."""
    request_id = f"{reference}-{attempt}"
    content: Json = {
        "notifyType": "PAYMENT_RESULT",
        "result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "success"},
        "paymentRequestId": request_id,
        "paymentId": world.simulator.ledger()["payments"][request_id]["paymentId"],
        "paymentAmount": {"currency": "EUR", "value": str(40_000 + next(_NUMBERS))},
        "paymentCreateTime": "2026-11-23T10:00:00+08:00",
        "nonce": secrets.token_hex(8),
        **fields,
    }
    return json.dumps(content).encode()


async def send_claims(world: World, reference: str, number: int, attempt: int = 1) -> None:
    """Sends differing claims, several at once. Each has a valid signature and another amount."""
    account = (await world.payments.get(reference)).merchantAccount
    bodies = [claim(world, reference, attempt) for _ in range(number)]
    answers = await asyncio.gather(*(world.notify(reference, body, account) for body in bodies))
    assert set(answers) == {200}


async def run_id(world: World, reference: str) -> str:
    """Returns the id of the current run."""
    return (await world.handle(reference).describe()).run_id or ""


async def continue_as_new(world: World, reference: str, attempt: int = 1) -> None:
    """Sends claims until the payment has continued as new."""
    first = await run_id(world, reference)
    for _ in range(_MOST_CLAIMS // _AT_ONCE):
        await send_claims(world, reference, _AT_ONCE, attempt)
        await world.payments.get(reference)
        if await run_id(world, reference) != first:
            return
    raise AssertionError(f"{reference} has not continued as new after {_MOST_CLAIMS} claims")


async def runs(world: World, reference: str) -> int:
    """Returns the number of runs of the payment's workflow."""
    return len(await histories_of(world.client, world.handle(reference).id))
