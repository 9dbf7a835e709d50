"""The scenarios that `make demo` runs, and how each must end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from holdfast import PaymentStatus
from holdfast.source import Source
from tools.demo.expectation import Expectation
from tools.demo.scenario_run import ScenarioRun
from tools.demo.shop import DECLINED_CARD, GOOD_CARD

ABANDONED_AFTER = 8
"""Seconds that the buyer of the abandoned payment has."""
DELAYED_RESPONSE = 30
"""Seconds until the response that arrives after the worker was killed."""
MANUAL = {"captureMode": "MANUAL"}


@dataclass(frozen=True)
class Scenario:
    """One payment from start to end: `name` is its reference, `value` is in minor units."""

    name: str
    title: str
    value: int
    steps: Callable[[ScenarioRun], Awaitable[None]]
    expectation: Expectation


async def own_form(run: ScenarioRun) -> None:
    """Pays server-to-server; the gateway captures automatically."""
    await run.authorize_card()
    run.note("the gateway captures by itself")
    await run.becomes(PaymentStatus.CAPTURED)


async def hosted_3ds(run: ScenarioRun) -> None:
    """Pays on the gateway's page with a 3DS challenge, and captures when the shop ships."""
    await run.send_buyer(three_ds=True, **MANUAL)
    await run.buyer_pays()
    await run.becomes(PaymentStatus.AUTHORIZED)
    run.note("the shop ships, and captures")
    await run.capture()


async def lost_pay(run: ScenarioRun) -> None:
    """Loses the response of a pay call that has authorized: a new request id would authorize twice."""
    await run.inject_fault("pay", "act_and_drop")
    await run.inject_fault("notification", "none", times=-1)
    run.note("the response and every notification are lost")
    await run.authorize_card(**MANUAL)
    run.note("same request id again: one authorization")
    await run.capture()


async def second_card(run: ScenarioRun) -> None:
    """The issuer declines the first card, and the buyer pays with another one."""
    await run.authorize_card(DECLINED_CARD)
    run.note("declined: the buyer takes another card")
    await run.retry_card(GOOD_CARD)
    await run.becomes(PaymentStatus.CAPTURED)


async def no_notification(run: ScenarioRun) -> None:
    """Loses every notification: inquiries find the authorization, and later its capture."""
    await run.inject_fault("notification", "none", times=-1)
    await run.send_buyer()
    run.note("no notification will come")
    await run.buyer_pays()
    await run.becomes(PaymentStatus.CAPTURED)
    run.note("found by an inquiry")


async def gave_up(run: ScenarioRun) -> None:
    """The buyer abandons the payment, which is closed at the gateway before it is reported as expired."""
    await run.send_buyer(completeWithin=ABANDONED_AFTER)
    run.note(f"the buyer leaves the page; the time limit is {ABANDONED_AFTER} s")
    await run.becomes(PaymentStatus.EXPIRED)
    run.note("closed at the gateway first, then reported as expired")


async def lost_capture(run: ScenarioRun) -> None:
    """Loses the response of a capture that was made: the repeated call captures once."""
    await run.authorize_card(**MANUAL)
    await run.inject_fault("capture", "act_and_drop")
    await run.inject_fault("notification", "none", times=-1)
    run.note("the capture's response is lost")
    await run.capture()
    run.note("same request id again: captured once")


async def cancelled(run: ScenarioRun) -> None:
    """Cancels an authorization that the shop no longer needs."""
    await run.authorize_card(**MANUAL)
    run.note("out of stock: the shop voids the authorization")
    await run.cancel("out of stock")


async def worker_killed(run: ScenarioRun) -> None:
    """Kills the worker with `kill -9` after the gateway has authorized and before its response arrives.

    There is no notification, which could decide before the pay call is repeated.
    """
    await run.inject_fault("pay", "act_and_delay", seconds=DELAYED_RESPONSE)
    await run.inject_fault("notification", "none", times=-1)
    async with asyncio.TaskGroup() as both:
        both.create_task(run.authorize_card(**MANUAL))
        await run.is_authorized()
        run.note("kill -9: the money is held, the response on its way")
        await run.context.replace_worker()
        run.note("a new worker waits until the lost call times out")
    run.note("same request id again: one authorization")
    await run.capture()


async def keys_changed(run: ScenarioRun) -> None:
    """Starts with the old keys, is notified and captured with the new ones, while the others run."""
    keys = run.context.key_change
    await run.send_buyer(three_ds=False, **MANUAL)
    run.note("each side registers the other's new key")
    await keys.add()
    await keys.switch()
    run.note("both sign with new keys; the buyer pays")
    await run.buyer_pays()
    await run.becomes(PaymentStatus.AUTHORIZED)
    await run.capture()
    await keys.remove()
    run.note("the old keys are no longer accepted")
    await run.require_valid_signatures()


_S = PaymentStatus
SCENARIOS = (
    Scenario(
        "own-form", "card on our own form, automatic capture", 1999, own_form, Expectation(_S.CAPTURED, 1999)
    ),
    Scenario(
        "hosted-3ds",
        "gateway's page with 3DS, manual capture",
        30000,
        hosted_3ds,
        Expectation(_S.CAPTURED, 30000, capture_calls=1),
    ),
    Scenario(
        "lost-pay",
        "the pay response is lost",
        12050,
        lost_pay,
        Expectation(_S.CAPTURED, 12050, pay_calls=2, capture_calls=1),
    ),
    Scenario(
        "second-card",
        "declined, then a second card",
        4500,
        second_card,
        Expectation(_S.CAPTURED, 4500, attempts=2, pay_calls=2),
    ),
    Scenario(
        "no-notification",
        "no notification, found by inquiry",
        8000,
        no_notification,
        Expectation(_S.CAPTURED, 8000, decided_by=Source.INQUIRY),
    ),
    Scenario("gave-up", "the buyer gives up", 6400, gave_up, Expectation(_S.EXPIRED)),
    Scenario(
        "lost-capture",
        "the capture's response is lost",
        9900,
        lost_capture,
        Expectation(_S.CAPTURED, 9900, capture_calls=2),
    ),
    Scenario(
        "keys-changed",
        "both signing keys change meanwhile",
        5300,
        keys_changed,
        Expectation(_S.CAPTURED, 5300, capture_calls=1),
    ),
    Scenario(
        "cancelled", "cancelled before the capture", 7700, cancelled, Expectation(_S.CANCELLED, voided=1)
    ),
)
"""These run at the same time."""
LAST_SCENARIO = Scenario(
    "worker-killed",
    "kill -9 of the worker during a call",
    25000,
    worker_killed,
    Expectation(_S.CAPTURED, 25000, pay_calls=2, capture_calls=1),
)
"""This one runs alone, because all payments share its worker."""
