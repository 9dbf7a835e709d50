"""The times that a call is given, and those that it takes at most."""

from holdfast.antom.client import DEFAULT_TIMEOUTS
from workflows.timing import CALL


def test_call_timeout_covers_limiter_and_response_time() -> None:
    assert CALL.total_seconds() > DEFAULT_TIMEOUTS.limiter + DEFAULT_TIMEOUTS.total
