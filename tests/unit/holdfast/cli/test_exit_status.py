"""Every error has an exit status and an advice, and a command that changed a payment says how it ended."""

import pytest

from holdfast import Amount, PaymentUnavailable
from holdfast import errors as error_types
from holdfast.cli.commands.capture import is_captured
from holdfast.cli.commands.outcome import exit_status
from holdfast.cli.exit_status import MEANINGS, ExitStatus
from holdfast.cli.failure import failure_of
from holdfast.errors import (
    HoldfastError,
    InvalidState,
    TemporalSettingsError,
    TemporalUnavailable,
    UnavailableReason,
    WaitTimedOut,
)
from holdfast.payment import CaptureStatus
from holdfast.statuses.payment_status import PaymentStatus as S
from tests.support.settlement.evidence import PART, REST, WHOLE, capture, payment_at

ERRORS = [
    kind for kind in vars(error_types).values() if isinstance(kind, type) and issubclass(kind, HoldfastError)
]
EXPECTED = {
    "PaymentNotFound": ExitStatus.NOT_FOUND,
    "PaymentUnavailable": ExitStatus.UNAVAILABLE,
    "TemporalSettingsError": ExitStatus.USAGE,
    "WaitTimedOut": ExitStatus.IN_PROGRESS,
    "PaymentStopped": ExitStatus.NEEDS_PERSON,
    "CodecKeyError": ExitStatus.USAGE,
    "NoCardVault": ExitStatus.USAGE,
}


def error_of(kind: type[HoldfastError]) -> HoldfastError:
    """Returns an error of the type, whatever it takes."""
    if kind is TemporalUnavailable:
        reason = UnavailableReason.TEMPORAL_UNREACHABLE
        return TemporalUnavailable("what happened", reason=reason, address="127.0.0.1:1", namespace="default")
    if kind is TemporalSettingsError:
        return TemporalSettingsError([("TEMPORAL_TLS", "what happened")])
    if kind is WaitTimedOut:
        return WaitTimedOut("what happened", None)
    return kind("what happened")


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_and_an_advice(kind: type[HoldfastError]) -> None:
    failure = failure_of(error_of(kind))
    expected = next((EXPECTED[base.__name__] for base in kind.__mro__ if base.__name__ in EXPECTED), None)
    assert failure.status is (expected or ExitStatus.REFUSED)
    assert "what happened" in failure.message
    assert failure.advice


def test_subclass_of_an_error_has_the_status_of_its_base() -> None:
    class Newer(PaymentUnavailable):
        pass

    class NewRule(InvalidState):
        pass

    assert failure_of(Newer("x")).status is ExitStatus.UNAVAILABLE
    assert failure_of(NewRule("x")).status is ExitStatus.REFUSED


def test_every_status_has_a_meaning_for_the_help() -> None:
    assert set(MEANINGS) == set(ExitStatus)


@pytest.mark.parametrize("status", [S.AUTHORIZING, S.PENDING, S.CAPTURING, S.CANCELLING])
def test_outcome_that_is_not_known_yet_is_no_success(status: S) -> None:
    assert exit_status(payment_at(status), is_done=False) is ExitStatus.IN_PROGRESS


def test_payment_that_needs_a_person_is_no_success() -> None:
    assert exit_status(payment_at(S.NEEDS_REVIEW), is_done=True) is ExitStatus.NEEDS_PERSON


@pytest.mark.parametrize("status", [S.AUTHORIZED, S.DECLINED, S.FAILED, S.EXPIRED])
def test_request_that_the_gateway_refused_is_no_success(status: S) -> None:
    assert exit_status(payment_at(status), is_done=False) is ExitStatus.REFUSED


def test_capture_counts_as_done_only_when_that_capture_has_succeeded() -> None:
    whole, part = Amount(currency="EUR", value="30000"), Amount(currency="EUR", value="10000")
    assert is_captured(payment_at(S.CAPTURED), None, None)
    assert not is_captured(payment_at(S.AUTHORIZED), None, None)
    assert not is_captured(payment_at(S.CAPTURING), None, None)
    failed = payment_at(S.AUTHORIZED, captures=(capture(CaptureStatus.FAIL),))
    assert not is_captured(failed, whole, None)
    keyed = capture(CaptureStatus.SUCCESS, part).model_copy(update={"key": "first"})
    partly = payment_at(S.PARTIALLY_CAPTURED, captures=(keyed,))
    assert is_captured(partly, part, "first")
    assert not is_captured(partly, part, "second")
    assert not is_captured(partly, whole, None)
    assert not is_captured(partly, None, None)


def test_capture_of_what_earlier_captures_have_left_is_done() -> None:
    first = capture(CaptureStatus.SUCCESS, PART).model_copy(update={"key": "first"})
    both = (first, capture(CaptureStatus.SUCCESS, REST, number=2))
    assert is_captured(payment_at(S.CAPTURED, captures=both, capturedAmount=WHOLE), None, None)
