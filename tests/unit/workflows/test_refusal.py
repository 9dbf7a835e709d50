"""The error of a refusal keeps its type and its message, and is not retried."""

import pytest

from holdfast.errors import REFUSALS, HoldfastError
from workflows.refusal import refusal


@pytest.mark.parametrize("kind", REFUSALS.values())
def test_refusal_has_the_type_and_the_message_of_its_error(kind: type[HoldfastError]) -> None:
    error = refusal(kind("paymentAmount: is missing"))
    assert (error.type, error.message) == (kind.__name__, "paymentAmount: is missing")
    assert error.non_retryable
