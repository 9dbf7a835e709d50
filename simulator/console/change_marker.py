"""A text that changes whenever the console would show something else."""

from hashlib import sha256

from simulator.notifications.notification import Notification
from simulator.simulation import Simulator

RECENT = 1000
"""How many of the newest notifications are looked at: the console lists no more of them."""


def change_marker(simulator: Simulator) -> str:
    """Returns a short text that stays the same as long as nothing has happened."""
    lifecycle = simulator.lifecycle
    notifications = lifecycle.notifier.notifications
    seen = (
        len(lifecycle.store.events),
        simulator.call_changes,
        len(notifications),
        [_state(each) for each in notifications[-RECENT:]],
        simulator.notification_holds(),
        simulator.faults(),
        lifecycle.clock.offset,
    )
    return sha256(repr(seen).encode()).hexdigest()[:16]


def _state(notification: Notification) -> tuple[object, ...]:
    answers = [attempt.answer for attempt in notification.attempts]
    return notification.state, notification.next_send, answers
