"""Makes the fixtures of `tests.support.simulator` available to these tests."""

from tests.support.simulator.fixtures import http, inbox, keys, merchant, served, simulator

__all__ = ["http", "inbox", "keys", "merchant", "served", "simulator"]
