"""The outcome of a payment whose hosted page is closed, in sentences for the buyer."""

from dataclasses import dataclass

from simulator.state import Payment, Status
from simulator.web.formats import amount_text
from simulator.web.result_words import reason


@dataclass(frozen=True)
class Outcome:
    """A heading, the sentences below it, and the tone of both: good, bad or quiet."""

    heading: str
    sentence: str
    tone: str


def outcome_of(payment: Payment) -> Outcome:
    """Returns the outcome of a decided payment."""
    amount = amount_text(payment.amount.currency, payment.amount.value)
    if payment.status is Status.SUCCESS:
        return Outcome(
            "The payment is authorized", f"The bank has agreed to {amount}. There is no more to do.", "good"
        )
    if payment.status is Status.FAIL:
        heading = "This page is closed" if payment.code == "ORDER_IS_CLOSED" else "The payment failed"
        return Outcome(heading, f"{reason(payment.code)} Nothing was taken.", "bad")
    if payment.refunded:
        return Outcome(
            "The payment came too late",
            f"The shop had cancelled it before. The {amount} are given back.",
            "quiet",
        )
    if payment.expired:
        return Outcome(
            "The authorization has ended",
            f"The shop did not take the {amount} in time, and the bank has released them.",
            "quiet",
        )
    return Outcome("The payment is cancelled", "The shop cancelled it. Nothing was taken.", "quiet")
