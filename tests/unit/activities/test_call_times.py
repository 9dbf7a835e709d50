"""The timeout of a gateway call, compared with the longest time that it takes."""

from holdfast.antom.client import DEFAULT_TIMEOUTS
from workflows.timing import CALL


def test_call_timeout_covers_limiter_and_response_time() -> None:
    assert CALL.total_seconds() > DEFAULT_TIMEOUTS.limiter + DEFAULT_TIMEOUTS.total
