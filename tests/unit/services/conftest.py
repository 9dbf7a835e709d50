"""Makes the fixtures of `tests.support.services` available to these tests."""

from tests.support.services.fixtures import (
    app,
    environment,
    gateway,
    gateway_key,
    load,
    merchant_key,
    new_namespace,
    other_key,
    second_account,
    sender_to,
    settings,
    temporal,
)

__all__ = [
    "app",
    "environment",
    "gateway",
    "gateway_key",
    "load",
    "merchant_key",
    "new_namespace",
    "other_key",
    "second_account",
    "sender_to",
    "settings",
    "temporal",
]
