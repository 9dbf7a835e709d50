"""What is done to the processes and the network while the payments run; all of it follows from the seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tools.chaos.faults.proxy import Cut

WORKERS = ("worker-1", "worker-2")
WEBHOOKS = ("webhook-1", "webhook-2")
TEMPORAL = "temporal"
TO_GATEWAY = "to the gateway"
TO_WEBHOOKS = "to the webhooks"


class Harm(StrEnum):
    """What happens to the victim."""

    KILL = "kill -9"
    TERM = "SIGTERM"
    FREEZE = "SIGSTOP, SIGCONT"
    CUT = "connections cut"
    REFUSE = "connections refused"


_MIX = {
    (Harm.KILL, "worker"): 16,
    (Harm.TERM, "worker"): 10,
    (Harm.FREEZE, "worker"): 12,
    (Harm.KILL, "webhook"): 12,
    (Harm.TERM, "webhook"): 8,
    (Harm.KILL, TEMPORAL): 10,
    (Harm.CUT, TO_GATEWAY): 25,
    (Harm.CUT, TO_WEBHOOKS): 15,
    (Harm.REFUSE, TO_GATEWAY): 3,
    (Harm.REFUSE, TO_WEBHOOKS): 3,
}
_PAUSE = (0.8, 3.2)
_FROZEN = (6.5, 14.0)
"""Seconds: heartbeats time out after 5, workflow tasks after 10."""
_FROZEN_BRIEFLY = (5.5, 7.0)


@dataclass(frozen=True)
class Injury:
    """After `pause` seconds, `harm` comes to `victim`: for so many `seconds`, or so many `times`."""

    pause: float
    harm: Harm
    victim: str
    seconds: float = 0.0
    times: int = 0
    cut: Cut | None = None

    def __str__(self) -> str:
        return f"{self.harm} {self.cut or ''} {self.victim}".replace("  ", " ")


def injuries(seed: int, *, brief: bool) -> Iterator[Injury]:
    """One after the other, without an end: the run takes as many as it has time for."""
    rng = random.Random(f"{seed}/injuries")
    while True:
        yield _injury(rng, brief=brief)


def _injury(rng: random.Random, *, brief: bool) -> Injury:
    harm, whom = rng.choices(list(_MIX), list(_MIX.values()))[0]
    pause = rng.uniform(0.5, 2.0) if brief else rng.uniform(*_PAUSE)
    victim = rng.choice({"worker": WORKERS, "webhook": WEBHOOKS}.get(whom, (whom,)))
    if harm is Harm.CUT:
        return Injury(pause, harm, victim, times=rng.randint(1, 4), cut=rng.choice(list(Cut)))
    if harm is Harm.FREEZE:
        seconds = rng.uniform(*(_FROZEN_BRIEFLY if brief else _FROZEN))
    else:
        seconds = rng.uniform(0.0, 1.5)
    return Injury(pause, harm, victim, seconds=seconds)
