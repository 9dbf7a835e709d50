"""The stories that `make demo` plays, and where each must end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from holdfast import PaymentStatus
from holdfast.source import Source
from tools.demo.scenario_context import Act
from tools.demo.shop import DECLINED_CARD, GOOD_CARD
from tools.demo.verdict import Ending

GIVES_UP_AFTER = 8
"""Seconds that the buyer of one story has."""
LONGER_THAN_THE_WORKER = 30
"""Seconds until the answer that the killed worker does not live to see."""
MANUAL = {"captureMode": "MANUAL"}


@dataclass(frozen=True)
class Story:
    """A payment's life: `name` is its reference, `value` is in minor units."""

    name: str
    title: str
    value: int
    play: Callable[[Act], Awaitable[None]]
    ending: Ending


async def own_form(act: Act) -> None:
    """Server-to-server; the gateway captures by itself."""
    await act.authorize_card()
    act.note("the gateway captures by itself")
    await act.becomes(PaymentStatus.CAPTURED)


async def hosted_3ds(act: Act) -> None:
    """The gateway's page, the bank's question, and a capture when the shop ships."""
    await act.send_buyer(three_ds=True, **MANUAL)
    await act.buyer_pays()
    await act.becomes(PaymentStatus.AUTHORIZED)
    act.note("the shop ships, and captures")
    await act.capture()


async def lost_pay(act: Act) -> None:
    """The gateway authorizes and its answer is lost: to pay under a new id would charge twice."""
    await act.order_fault("pay", "act_and_drop")
    await act.order_fault("notification", "none", times=-1)
    act.note("the answer and every notification get lost")
    await act.authorize_card(**MANUAL)
    act.note("same id again: one authorization")
    await act.capture()


async def second_card(act: Act) -> None:
    """The issuer declines, and the buyer has another card."""
    await act.authorize_card(DECLINED_CARD)
    act.note("declined: the buyer takes another card")
    await act.retry_card(GOOD_CARD)
    await act.becomes(PaymentStatus.CAPTURED)


async def no_notification(act: Act) -> None:
    """No notification ever comes: inquiries find the payment, and later its capture."""
    await act.order_fault("notification", "none", times=-1)
    await act.send_buyer()
    act.note("no notification will come")
    await act.buyer_pays()
    await act.becomes(PaymentStatus.CAPTURED)
    act.note("found by asking the gateway")


async def gave_up(act: Act) -> None:
    """The buyer walks away: the payment is closed at the gateway before anybody calls it expired."""
    await act.send_buyer(completeWithin=GIVES_UP_AFTER)
    act.note(f"the buyer walks away, and has {GIVES_UP_AFTER} s")
    await act.becomes(PaymentStatus.EXPIRED)
    act.note("closed at the gateway first, then called expired")


async def lost_capture(act: Act) -> None:
    """The money is taken and the answer is lost: asked again with the same id, it is taken once."""
    await act.authorize_card(**MANUAL)
    await act.order_fault("capture", "act_and_drop")
    await act.order_fault("notification", "none", times=-1)
    act.note("the capture's answer gets lost")
    await act.capture()
    act.note("same id again: taken once")


async def let_go(act: Act) -> None:
    """An authorization that is not needed any more."""
    await act.authorize_card(**MANUAL)
    act.note("out of stock: the shop lets the money go")
    await act.cancel("out of stock")


async def worker_killed(act: Act) -> None:
    """`kill -9` of the worker while the gateway holds the money and its answer is on the way.

    Without notifications, or one could decide before the pay call is repeated.
    """
    await act.order_fault("pay", "act_and_delay", seconds=LONGER_THAN_THE_WORKER)
    await act.order_fault("notification", "none", times=-1)
    async with asyncio.TaskGroup() as both:
        both.create_task(act.authorize_card(**MANUAL))
        await act.holds_money()
        act.note("kill -9: the money is held, the answer on its way")
        await act.theatre.replace_worker()
        act.note("a new worker waits until the lost call times out")
    act.note("same id again: one authorization")
    await act.capture()


async def keys_changed(act: Act) -> None:
    """Paid with the old keys, notified and captured with the new ones, while all the others run."""
    keys = act.theatre.key_change
    await act.send_buyer(three_ds=False, **MANUAL)
    act.note("each side is told the other's new key")
    await keys.add()
    await keys.switch()
    act.note("both sign with new keys; the buyer pays")
    await act.buyer_pays()
    await act.becomes(PaymentStatus.AUTHORIZED)
    await act.capture()
    await keys.remove()
    act.note("the old keys count no more")
    await act.all_were_trusted()


_S = PaymentStatus
STORIES = (
    Story("own-form", "card on our own form, automatic capture", 1999, own_form, Ending(_S.CAPTURED, 1999)),
    Story(
        "hosted-3ds",
        "gateway's page with 3DS, manual capture",
        30000,
        hosted_3ds,
        Ending(_S.CAPTURED, 30000, capture_calls=1),
    ),
    Story(
        "lost-pay",
        "the pay answer gets lost",
        12050,
        lost_pay,
        Ending(_S.CAPTURED, 12050, pay_calls=2, capture_calls=1),
    ),
    Story(
        "second-card",
        "declined, then a second card",
        4500,
        second_card,
        Ending(_S.CAPTURED, 4500, attempts=2, pay_calls=2),
    ),
    Story(
        "no-notification",
        "no notification, found by inquiry",
        8000,
        no_notification,
        Ending(_S.CAPTURED, 8000, decided_by=Source.INQUIRY),
    ),
    Story("gave-up", "the buyer gives up", 6400, gave_up, Ending(_S.EXPIRED)),
    Story(
        "lost-capture",
        "the capture's answer gets lost",
        9900,
        lost_capture,
        Ending(_S.CAPTURED, 9900, capture_calls=2),
    ),
    Story(
        "keys-changed",
        "both signing keys change meanwhile",
        5300,
        keys_changed,
        Ending(_S.CAPTURED, 5300, capture_calls=1),
    ),
    Story("let-go", "cancelled before the capture", 7700, let_go, Ending(_S.CANCELLED, voided=1)),
)
"""These are played at the same time."""
LAST_STORY = Story(
    "worker-killed",
    "kill -9 of the worker in the middle",
    25000,
    worker_killed,
    Ending(_S.CAPTURED, 25000, pay_calls=2, capture_calls=1),
)
"""Played alone: its worker is everybody's."""
