"""`holdfast capture REF`: takes money that is held."""

from typing import Annotated

import typer

from holdfast.antom.amounts import Amount
from holdfast.cli.commands.outcome import exit_status, show_outcome
from holdfast.cli.money import amount_of, refuse_both
from holdfast.cli.options import AsJson, Major, Minor, Reference
from holdfast.cli.session import Session, with_session
from holdfast.payment import Capture, CaptureStatus, Payment
from holdfast.statuses.payment_status import PaymentStatus

Key = Annotated[
    str | None,
    typer.Option(
        "--key", help="Your own key of this capture. The same key is the same capture.", show_default=False
    ),
]
More = Annotated[bool, typer.Option("--more", help="Further captures follow; this one needs a --key.")]


def capture(
    reference: Reference,
    major: Major = None,
    minor: Minor = None,
    key: Key = None,
    more: More = False,
    as_json: AsJson = False,
) -> int:
    """Capture the authorized amount, or a part of it. Running it twice captures once."""
    refuse_both(major, minor)

    async def run(session: Session) -> tuple[Payment, Amount | None]:
        amount = None
        if major is not None or minor is not None:
            known = await session.payments.get(reference)
            amount = amount_of(known.paymentAmount.currency, major=major, minor=minor)
        payment = await session.payments.capture(reference, amount, is_last_capture=not more, key=key)
        return payment, amount

    payment, amount = with_session(run)
    show_outcome(payment, as_json=as_json)
    return exit_status(payment, is_done=is_captured(payment, amount, key))


def is_captured(payment: Payment, amount: Amount | None, key: str | None) -> bool:
    """Whether the capture that was asked for has succeeded: that of the key, or the last of the amount.

    Without both it is the capture of what earlier ones have left, after which the payment is CAPTURED.
    """
    if amount is None and key is None:
        return payment.status is PaymentStatus.CAPTURED
    found = [each for each in payment.captures if _is_asked_for(each, amount, key)]
    return bool(found) and found[-1].status is CaptureStatus.SUCCESS


def _is_asked_for(capture: Capture, amount: Amount | None, key: str | None) -> bool:
    return capture.key == key if key is not None else amount == capture.captureAmount
