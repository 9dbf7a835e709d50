"""Typed access to what the simulator has recorded, for tests."""

from typing import Any

from simulator.simulation import Simulator


def first_notification(simulator: Simulator) -> dict[str, Any]:
    """Returns the first notification with its attempts and their exchanges."""
    return simulator.notification(str(simulator.notifications()[0]["id"]))
