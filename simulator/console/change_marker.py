"""A text that changes whenever the console would show something else."""

from hashlib import sha256

from simulator.http.body import Body
from simulator.simulation import Simulator


def change_marker(simulator: Simulator) -> str:
    """Returns a short text that is the same as long as nothing has happened."""
    calls = simulator.calls()
    notifications = simulator.notifications()
    seen = (
        len(simulator.lifecycle.store.events),
        len(calls),
        sum(Body(call).at("durationMs") is None for call in calls),
        [(Body(each).at("attempts"), Body(each).at("acknowledged")) for each in notifications[-500:]],
        len(notifications),
        simulator.faults(),
        simulator.lifecycle.clock.offset,
    )
    return sha256(repr(seen).encode()).hexdigest()[:16]
