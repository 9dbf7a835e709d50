"""What the shopkeeper's pages show of an order, and the actions that are possible."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from holdfast import Payment
from holdfast.antom.models import CaptureMode
from holdfast.statuses.payment_status import PaymentStatus as S
from tools.demo.order_book import PlacedOrder
from tools.shop.forms.shopkeeper import CaptureForm
from tools.shop.prices import input_text
from tools.shop.texts.statuses import StatusText, Tone, status_text

_CAPTURABLE = frozenset({S.AUTHORIZED, S.PARTIALLY_CAPTURED})
_NOT_CANCELLABLE = frozenset({S.CAPTURING, S.CANCELLING})


def tone_of(payment: Payment) -> Tone:
    """Returns how the status looks to a shopkeeper, for whom an authorization is work to do."""
    if payment.review is not None or payment.status is S.NEEDS_REVIEW:
        return Tone.BAD
    if payment.status in _CAPTURABLE and payment.captureMode is CaptureMode.MANUAL:
        return Tone.ACTION
    return status_text(payment).tone


@dataclass(frozen=True)
class ListedOrder:
    """One line of the list. `payment` is None where it cannot be read, and `problem` says why."""

    placed: PlacedOrder
    payment: Payment | None
    problem: str

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return tone_of(self.payment) if self.payment else Tone.WAITING


@dataclass(frozen=True)
class ShopkeeperView:
    """One order. `alert` says why the last action was refused, in words and in Holdfast's own."""

    payment: Payment
    capture: CaptureForm | None = None
    reason: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    alert: tuple[str, str] = ("", "")

    @property
    def text(self) -> StatusText:
        """The status as the buyer reads it."""
        return status_text(self.payment)

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return tone_of(self.payment)

    @property
    def all_problems(self) -> Mapping[str, str]:
        """The problems of every form of the page."""
        return {**self.problems, **(self.capture.problems if self.capture else {})}

    @property
    def remaining(self) -> int:
        """How many minor units are authorized and not captured."""
        held = self.payment.authorizedAmount
        return max(0, held.minor_units - self.payment.captured_minor_units) if held else 0

    @property
    def can_capture(self) -> bool:
        """Whether the shop captures this payment, and there is something to capture."""
        is_ours = self.payment.captureMode is CaptureMode.MANUAL
        return is_ours and self.payment.status in _CAPTURABLE and self.remaining > 0

    @property
    def can_cancel(self) -> bool:
        """Whether a cancellation is possible."""
        return not self.payment.status.is_final and self.payment.status not in _NOT_CANCELLABLE

    @property
    def can_refresh(self) -> bool:
        """Whether the gateway may still be asked."""
        return not self.payment.status.is_final

    @property
    def capture_form(self) -> CaptureForm:
        """The form as it was sent, or a new one for the rest of the amount."""
        return self.capture or CaptureForm(secrets.token_hex(8), input_text(self.remaining), is_last=True)
