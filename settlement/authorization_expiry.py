"""How long the authorization of an attempt lasts, and when a payment acts before its end.

The gateway reports the expiry of one authorization in several messages, in any order, and the reports can
differ. The payment acts before the earliest one; an authorization has certainly ended after the latest one.
The functions are pure.
"""

from datetime import datetime, timedelta

from holdfast.observation import ObservationKind
from holdfast.payment import Attempt, Payment
from settlement.audit.trail import append_and_flag
from settlement.evidence import PaymentEvidence
from settlement.mismatch import observed

BEFORE_EXPIRY = timedelta(hours=1)
"""How long before its expiry an uncaptured authorization is acted upon."""
DOCUMENTED_LIFETIME = timedelta(days=7)
"""How long an authorization lasts where the gateway has reported no expiry (Antom: capture)."""
LONGEST_LIFETIME = timedelta(days=31)
"""How long an authorization without a reported expiry may hold money at most.

The gateway does not document how long an extended authorization lasts; card schemes allow thirty days.
"""


def learn_current_expiry(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Payment:
    """Returns the payment with what a success of its current attempt reports about the expiry.

    It is published as the payment's own. The parameters are those of :func:`learn_expiry`.
    """
    payment = learn_expiry(payment, evidence, at)
    expires = payment.attempt.authExpiryTime
    return (
        payment
        if payment.authExpiryTime == expires
        else payment.model_copy(update={"authExpiryTime": expires})
    )


def learn_expiry(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Payment:
    """Returns the payment with what a success reports about the end of its attempt's authorization.

    A report of an expiry that is not after the payment counts as absent, and the payment is flagged for
    review, once for each attempt.

    Args:
        payment: The payment of the attempt that the evidence names.
        evidence: A success that matches the attempt.
        at: When the evidence is settled.
    """
    attempt = next(a for a in payment.attempts if a.paymentRequestId == evidence.paymentRequestId)
    paid = attempt.paymentTime or evidence.paymentTime
    known = {"authorizedAt": attempt.authorizedAt or at, "paymentTime": paid}
    updated = attempt.model_copy(update=known)
    is_refuted = _is_impossible(updated, evidence, attempt.authExpiryTime)
    if is_refuted:
        updated = updated.model_copy(update=_NOTHING_KNOWN)
    expires = evidence.authExpiryTime
    is_impossible = _is_impossible(updated, evidence, expires)
    if expires is not None and not is_impossible:
        updated = updated.model_copy(update=_with_report(updated, expires, at))
    payment = payment.with_attempt(updated)
    return _flagged(payment, updated, evidence, at) if is_refuted or is_impossible else payment


def expiry_of(attempt: Attempt) -> datetime:
    """Returns the earliest known expiry of an authorization, or the documented one where none is known."""
    return attempt.authExpiryTime or _documented_expiry(attempt)


def action_time(attempt: Attempt) -> datetime:
    """Returns when the action before the expiry of an authorization is due, by all that is known."""
    if attempt.expiryActionTime is not None:
        return attempt.expiryActionTime
    return _action_before(_documented_expiry(attempt), _reported_at(attempt))


def certain_end(attempt: Attempt) -> datetime:
    """Returns when an authorization has certainly ended: after its latest known expiry.

    Where none is known, this is after the longest time that an authorization may last.
    """
    return attempt.latestAuthExpiryTime or _reported_at(attempt) + LONGEST_LIFETIME


_NOTHING_KNOWN = {"authExpiryTime": None, "latestAuthExpiryTime": None, "expiryActionTime": None}


def _with_report(attempt: Attempt, expires: datetime, learned_at: datetime) -> dict[str, datetime]:
    """Returns the expiries of an attempt after one more report. Their order makes no difference."""
    action = _action_before(expires, learned_at)
    return {
        "authExpiryTime": min(attempt.authExpiryTime or expires, expires),
        "latestAuthExpiryTime": max(attempt.latestAuthExpiryTime or expires, expires),
        "expiryActionTime": min(attempt.expiryActionTime or action, action),
    }


def _action_before(expires: datetime, learned_at: datetime) -> datetime:
    """Returns the time of the action: an hour before the expiry, or after half of what was left of it."""
    left = max(expires - learned_at, timedelta(0))
    return expires - min(BEFORE_EXPIRY, left / 2)


def _documented_expiry(attempt: Attempt) -> datetime:
    """Returns the expiry by the documented lifetime, from a payment time that is possible."""
    reported_at = _reported_at(attempt)
    paid = attempt.paymentTime or reported_at
    return min(max(paid, attempt.startedAt), reported_at) + DOCUMENTED_LIFETIME


def _reported_at(attempt: Attempt) -> datetime:
    """Returns when the authorization was first reported."""
    return attempt.authorizedAt or attempt.startedAt


def _is_impossible(attempt: Attempt, evidence: PaymentEvidence, expires: datetime | None) -> bool:
    """Returns whether an expiry is not after the payment, by the payment times that are known.

    An authorization whose payment time is unknown is not older than its attempt.
    """
    paid = [time for time in (attempt.paymentTime, evidence.paymentTime) if time is not None]
    return expires is not None and expires <= max(paid, default=attempt.startedAt)


def _flagged(payment: Payment, attempt: Attempt, evidence: PaymentEvidence, at: datetime) -> Payment:
    kind, subject = ObservationKind.EXPIRY_BEFORE_PAYMENT, attempt.paymentRequestId
    observations = payment.progress.observations
    if any(each.kind is kind and each.subject == subject for each in observations):
        return payment
    observation = observed(payment, evidence, kind).model_copy(update={"subject": subject})
    return append_and_flag(payment, observation, at)
