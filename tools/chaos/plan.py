"""The plan of each payment of a run; all plans follow from the seed."""

import random
from dataclasses import dataclass
from enum import StrEnum

from holdfast.order import AuthorizationExpiry
from tools.chaos.faults.gateway_faults import GatewayFault, expiry_faults, gateway_faults, slow_pay
from tools.chaos.faults.resets import PlannedReset, Reset

REFERENCE_PREFIX = "ch"


class Kind(StrEnum):
    """What buyer and merchant intend."""

    CARD_AUTOMATIC = "card, automatic capture"
    CARD_MANUAL = "card, manual capture"
    HOSTED = "gateway's page"
    THREE_DS = "3DS"
    SECOND_CARD = "declined, second card"
    GIVES_UP = "buyer gives up"
    AT_DEADLINE = "buyer pays at the deadline"
    CANCELLED = "cancelled before capture"
    PARTS = "captured in parts"
    OUT_OF_SEQUENCE = "commands out of sequence"
    ABANDONED = "callers give up, then cancelled"


class Ending(StrEnum):
    """What the merchant does with an authorization (`captureMode` MANUAL)."""

    CAPTURE = "capture"
    CANCEL = "cancel"
    LEAVE = "leave"


class Habit(StrEnum):
    """A pattern of calls that a merchant should not have to avoid."""

    TWICE = "every call twice at once"
    REFRESHES = "many refreshes at once"
    OUT_OF_SEQUENCE = "capture and retry too early"


class Attack(StrEnum):
    """A notification that must not be applied."""

    FORGED = "forged"
    REPLAYED_TO_OTHER = "genuine, sent to another payment"
    REPLAYED = "genuine, sent again"
    REPLAYED_OFTEN = "genuine, sent again many times"
    REPLAYED_FIRST = "genuine, the first one sent again"
    SIGNED_OTHER = "signed, about another payment"
    SIGNED_AMOUNT = "signed, another amount"


_KINDS = {
    Kind.CARD_AUTOMATIC: 14,
    Kind.CARD_MANUAL: 14,
    Kind.HOSTED: 14,
    Kind.THREE_DS: 12,
    Kind.SECOND_CARD: 10,
    Kind.GIVES_UP: 6,
    Kind.AT_DEADLINE: 8,
    Kind.CANCELLED: 8,
    Kind.PARTS: 10,
    Kind.OUT_OF_SEQUENCE: 6,
    Kind.ABANDONED: 5,
}
_MANUAL = frozenset({Kind.CARD_MANUAL, Kind.CANCELLED, Kind.PARTS, Kind.OUT_OF_SEQUENCE, Kind.ABANDONED})
_AUTOMATIC = frozenset({Kind.CARD_AUTOMATIC})
HOSTED_KINDS = frozenset({Kind.HOSTED, Kind.GIVES_UP, Kind.AT_DEADLINE})
"""Kinds whose buyer types the card on the gateway's page."""
_ATTACK_PROBABILITY = 0.1
_HABIT_PROBABILITY = 0.15
_EXPIRY_PROBABILITY = 0.12
_RESET_PROBABILITY = 0.15
_RESETS = {Reset.ACTIVITY: 50, Reset.LAST_TASK: 30, Reset.EARLIER_TASK: 20}
_RESET_WITHIN, _RESET_WITHIN_BRIEF = 15.0, 6.0


@dataclass(frozen=True)
class Plan:
    """One payment: amounts in minor units, times in seconds. `random_seed` is for choices during the run."""

    reference: str
    kind: Kind
    value: int
    is_manual: bool
    is_three_ds: bool
    complete_within: int
    retry_window: int
    buyer_after: float
    parts: tuple[int, ...]
    ending: Ending
    habits: frozenset[Habit]
    faults: tuple[GatewayFault, ...]
    attacks: tuple[Attack, ...]
    random_seed: str
    on_expiry: AuthorizationExpiry = AuthorizationExpiry.VOID
    resets: tuple[PlannedReset, ...] = ()


def planned(seed: int, payments: int, *, brief: bool) -> list[Plan]:
    """Returns the plans of a run, in the order in which the payments start."""
    return [_plan(seed, number, brief=brief) for number in range(payments)]


def _plan(seed: int, number: int, *, brief: bool) -> Plan:
    rng = random.Random(f"{seed}/payment/{number}")
    kind = rng.choices(list(_KINDS), list(_KINDS.values()))[0]
    is_manual = kind in _MANUAL or (kind not in _AUTOMATIC and rng.random() < 0.5)
    complete_within = _complete_within(kind, rng, brief=brief)
    value = rng.randrange(1_000, 50_000)
    ending = _ending(kind, rng)
    return Plan(
        reference=f"{REFERENCE_PREFIX}-{seed}-{number:05d}",
        kind=kind,
        value=value,
        is_manual=is_manual,
        is_three_ds=kind is Kind.THREE_DS,
        complete_within=complete_within,
        retry_window=rng.randint(4, 6) if brief else rng.randint(10, 20),
        buyer_after=_buyer_after(kind, complete_within, rng),
        parts=_parts(value, rng) if kind is Kind.PARTS else (value,),
        ending=ending,
        habits=frozenset(habit for habit in Habit if rng.random() < _HABIT_PROBABILITY),
        faults=_faults(kind, rng, is_manual=is_manual, brief=brief),
        attacks=(rng.choice(list(Attack)),) if rng.random() < _ATTACK_PROBABILITY else (),
        random_seed=f"{seed}/flow/{number}",
        on_expiry=_on_expiry(kind, rng),
        resets=_resets(rng, brief=brief),
    )


def _faults(kind: Kind, rng: random.Random, *, is_manual: bool, brief: bool) -> tuple[GatewayFault, ...]:
    faults = gateway_faults(rng, is_manual=is_manual, brief=brief)
    if kind is Kind.ABANDONED:
        faults = (slow_pay(rng, brief=brief), *faults)
    if is_manual and rng.random() < _EXPIRY_PROBABILITY:
        # no part is released by the gateway at a time that only a report names
        faults = (*faults, *expiry_faults(rng, may_expire=kind is not Kind.PARTS, brief=brief))
    return faults


def _on_expiry(kind: Kind, rng: random.Random) -> AuthorizationExpiry:
    """Returns what the order asks for; an authorization that is captured in parts is never captured whole."""
    if kind is Kind.PARTS:
        return AuthorizationExpiry.NOTIFY
    return rng.choice(list(AuthorizationExpiry))


def _resets(rng: random.Random, *, brief: bool) -> tuple[PlannedReset, ...]:
    if rng.random() >= _RESET_PROBABILITY:
        return ()
    reset = rng.choices(list(_RESETS), list(_RESETS.values()))[0]
    return (PlannedReset(reset, rng.uniform(0, _RESET_WITHIN_BRIEF if brief else _RESET_WITHIN)),)


def _complete_within(kind: Kind, rng: random.Random, *, brief: bool) -> int:
    if kind is Kind.GIVES_UP:
        return rng.randint(3, 6)
    if kind is Kind.AT_DEADLINE:
        return rng.randint(4, 8)
    return rng.randint(15, 20) if brief else rng.randint(40, 90)


def _buyer_after(kind: Kind, complete_within: int, rng: random.Random) -> float:
    if kind is Kind.AT_DEADLINE:
        return max(0.0, complete_within + rng.uniform(-0.6, 0.6))
    return rng.uniform(0.1, 3.0)


def _parts(value: int, rng: random.Random) -> tuple[int, ...]:
    """Returns two or three amounts that differ, so that one captured twice is visible."""
    first = value // 7 + rng.randrange(50)
    if rng.random() < 0.5:
        return (first, value - first)
    second = value // 3 + rng.randrange(50)
    return (first, second, value - first - second)


def _ending(kind: Kind, rng: random.Random) -> Ending:
    if kind in (Kind.CANCELLED, Kind.ABANDONED):
        return Ending.CANCEL
    if kind in (Kind.PARTS, Kind.CARD_MANUAL):
        return Ending.CAPTURE
    return rng.choices(list(Ending), (80, 15, 5))[0]
