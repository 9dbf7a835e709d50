"""The faults of processes and network while the payments run; all of them follow from the seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tools.chaos.faults.proxy import Cut
from tools.local_stack.stack import TEMPORAL

WORKERS = ("worker-1", "worker-2")
WEBHOOKS = ("webhook-1", "webhook-2")
TO_GATEWAY = "to the gateway"
TO_WEBHOOKS = "to the webhooks"


class Action(StrEnum):
    """What is done to the target."""

    KILL = "kill -9"
    TERMINATE = "SIGTERM"
    FREEZE = "SIGSTOP, SIGCONT"
    CUT = "connections cut"
    REFUSE = "connections refused"


_WEIGHTS = {
    (Action.KILL, "worker"): 16,
    (Action.TERMINATE, "worker"): 10,
    (Action.FREEZE, "worker"): 12,
    (Action.KILL, "webhook"): 12,
    (Action.TERMINATE, "webhook"): 8,
    (Action.KILL, TEMPORAL): 10,
    (Action.CUT, TO_GATEWAY): 25,
    (Action.CUT, TO_WEBHOOKS): 15,
    (Action.REFUSE, TO_GATEWAY): 3,
    (Action.REFUSE, TO_WEBHOOKS): 3,
}
_PAUSE = (0.8, 3.2)
_FROZEN = (6.5, 14.0)
"""Seconds: heartbeats time out after 5, workflow tasks after 10."""
_FROZEN_BRIEFLY = (5.5, 7.0)


@dataclass(frozen=True)
class ProcessFault:
    """After a pause, an action on a target that lasts so many seconds or happens so many times."""

    pause: float
    action: Action
    target: str
    seconds: float = 0.0
    times: int = 0
    cut: Cut | None = None

    def __str__(self) -> str:
        return f"{self.action} {self.cut or ''} {self.target}".replace("  ", " ")


def process_faults(seed: int, *, brief: bool) -> Iterator[ProcessFault]:
    """Yields faults without an end; a run takes as many as it has time for."""
    rng = random.Random(f"{seed}/process-faults")
    while True:
        yield _fault(rng, brief=brief)


def _fault(rng: random.Random, *, brief: bool) -> ProcessFault:
    action, kind = rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    pause = rng.uniform(0.5, 2.0) if brief else rng.uniform(*_PAUSE)
    target = rng.choice({"worker": WORKERS, "webhook": WEBHOOKS}.get(kind, (kind,)))
    if action is Action.CUT:
        return ProcessFault(pause, action, target, times=rng.randint(1, 4), cut=rng.choice(list(Cut)))
    if action is Action.FREEZE:
        seconds = rng.uniform(*(_FROZEN_BRIEFLY if brief else _FROZEN))
    else:
        seconds = rng.uniform(0.0, 1.5)
    return ProcessFault(pause, action, target, seconds=seconds)
