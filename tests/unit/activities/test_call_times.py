"""The times that a call is given, and those that it takes at most."""

from holdfast.antom.client import DEFAULT_TIMEOUTS
from workflows.timing import CALL


def test_a_call_may_wait_for_its_turn_and_for_its_answer_before_it_is_given_up() -> None:
    assert CALL.total_seconds() > DEFAULT_TIMEOUTS.limiter + DEFAULT_TIMEOUTS.total
