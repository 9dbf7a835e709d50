"""What the buyer's page shows of an order: its status in words, and the actions that are possible."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from holdfast import Payment
from holdfast.antom.amounts import Amount
from holdfast.statuses.payment_status import PaymentStatus as S
from tools.demo.order_book import PlacedOrder
from tools.shop.cart import Cart
from tools.shop.forms.payment_method import PaymentMethodForm
from tools.shop.pages import is_web_address
from tools.shop.texts.declines import decline_text
from tools.shop.texts.statuses import StatusText, is_waiting, released, status_text

_HELD = frozenset({S.AUTHORIZED, S.CAPTURING, S.PARTIALLY_CAPTURED, S.CAPTURED})
_NOTICES = {
    "yes": "We have just asked the payment service: it has no result yet.",
    "no": "We have asked the payment service, and have no answer yet. This page keeps looking.",
}
_PLACED = frozenset({S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING})


@dataclass(frozen=True)
class OrderView:
    """One order. `placed` is None for a payment that this shop did not start.

    `answered` is "yes" where the gateway has just been asked, "no" where it did not answer.
    """

    payment: Payment
    placed: PlacedOrder | None
    retry_key: str
    retry: PaymentMethodForm = field(default_factory=PaymentMethodForm)
    answered: str = ""

    @property
    def text(self) -> StatusText:
        """The status in words."""
        return status_text(self.payment)

    @property
    def released(self) -> Amount | None:
        """What was set aside and is not taken; None where the order is not paid, or is paid in full."""
        return released(self.payment)

    @property
    def cart(self) -> Cart:
        """What was ordered; empty where that is not known."""
        return Cart.parse(self.placed.cart if self.placed else "")

    @property
    def decline(self) -> str:
        """Why the last attempt was declined; empty unless it was."""
        return decline_text(self.payment) if self.payment.status in (S.DECLINED, S.FAILED) else ""

    @property
    def notice(self) -> str:
        """The result of an inquiry at the gateway that has changed nothing."""
        return _NOTICES.get(self.answered, "") if self.can_ask else ""

    @property
    def is_waiting(self) -> bool:
        """Whether the page reloads by itself."""
        return is_waiting(self.payment)

    @property
    def gateway_page(self) -> str | None:
        """The page on which the buyer has to continue."""
        action = self.payment.nextAction
        is_needed = self.payment.status is S.ACTION_REQUIRED and action is not None
        url = action.normalUrl if is_needed and action else None
        return url if is_web_address(url) else None

    @property
    def can_retry(self) -> bool:
        """Whether the buyer may try another card."""
        return self.payment.status is S.DECLINED

    @property
    def can_ask(self) -> bool:
        """Whether the buyer may say that it is paid, so that the gateway is asked."""
        return self.payment.status in (S.ACTION_REQUIRED, S.PENDING, S.AUTHORIZING, S.NEEDS_REVIEW)

    @property
    def can_cancel(self) -> bool:
        """Whether the buyer may cancel the order."""
        return self.payment.status in (S.ACTION_REQUIRED, S.DECLINED)

    @property
    def can_order_again(self) -> bool:
        """Whether the order ended unpaid, so that it may be placed again."""
        return self.payment.status in (S.FAILED, S.EXPIRED, S.CANCELLED)

    @property
    def steps(self) -> Sequence[tuple[str, bool]]:
        """The way of an order that is not refused, and whether each step is done."""
        status = self.payment.status
        if status not in _HELD | _PLACED:
            return ()
        return (
            ("Ordered", True),
            ("Money set aside", status in _HELD),
            ("Paid", status is S.CAPTURED),
        )
