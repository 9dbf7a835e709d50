"""Variants of a payment with other texts in its audit trail, or without one: decisions must not change."""

from collections.abc import Iterator

from holdfast.payment import Payment


def with_noise(payment: Payment, noise: Iterator[str | None]) -> Payment:
    """Returns the payment with every text of its audit trail and its review replaced."""
    events = tuple(
        line.model_copy(update={"code": next(noise), "detail": next(noise)}) for line in payment.events
    )
    return _with_reason(payment.model_copy(update={"events": events}), next(noise) or "")


def without_trail(payment: Payment) -> Payment:
    """Returns the payment without an audit trail, and with an empty reason of its review."""
    return _with_reason(payment.model_copy(update={"events": ()}), "")


def _with_reason(payment: Payment, reason: str) -> Payment:
    review = payment.review and payment.review.model_copy(update={"reason": reason})
    return payment.model_copy(update={"review": review})
