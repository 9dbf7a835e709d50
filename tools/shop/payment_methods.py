"""The payment method of an order or of another attempt, from what the buyer has chosen and typed."""

from tools.demo.shop import Method, Shop, gateway_page
from tools.shop.forms.payment_method import PaymentMethodForm
from tools.shop.settings import ShopSettings


async def payment_method(shop: Shop, form: PaymentMethodForm, settings: ShopSettings) -> Method:
    """Returns the payment method. A typed card goes to the card vault, and its reference alone any further.

    Raises:
        HoldfastError, CardVaultError: The vault does not take the card.
    """
    if form.card is None:
        return gateway_page(three_ds=settings.asks_for_3ds)
    return await shop.stored(form.card, three_ds=settings.asks_for_3ds)
