"""The orders of a small shop, and the sandbox cards that its buyers pay with."""

from dataclasses import dataclass

from holdfast import Amount, CardData, PaymentClient
from tools.demo.order_book import OrderBook

GOOD_CARD = "4054695723100768"
DECLINED_CARD = "4054692760174822"
CURRENCY = "EUR"

Method = dict[str, object]


@dataclass(frozen=True)
class Purchase:
    """What is bought, and by whom. `cart` is the code of the shop's cart, empty where there was none."""

    description: str
    email: str
    cart: str = ""


SAMPLE = Purchase("Cups and saucers", "ada@example.com")


class Shop:
    """Makes orders and remembers them; buyers are redirected back to `url`."""

    def __init__(self, payments: PaymentClient, url: str) -> None:
        self.payments = payments
        self.url = url
        self.orders = OrderBook()

    async def card(self, number: str) -> Method:
        """Stores a card typed on the shop's own form in the vault; returns the method with its reference."""
        return await self.stored(CardData(cardNo=number, cvv="123", expiryMonth="12", expiryYear="39"))

    async def stored(self, card: CardData, *, three_ds: bool = False) -> Method:
        """Stores card data in the vault; returns the method with its reference."""
        return {**gateway_page(three_ds=three_ds), "cardReference": await self.payments.store_card(card)}

    def order(
        self,
        reference: str,
        value: str,
        method: Method,
        purchase: Purchase = SAMPLE,
        /,
        **more: object,
    ) -> dict[str, object]:
        """Returns an order of `value` minor units."""
        amount = {"currency": CURRENCY, "value": value}
        self.orders.add(reference, purchase.description, Amount.model_validate(amount), purchase.cart)
        return {
            "paymentReference": reference,
            "order": {
                "referenceOrderId": reference,
                "orderDescription": purchase.description,
                "orderAmount": amount,
                "buyer": {"referenceBuyerId": "buyer-1", "buyerEmail": purchase.email},
            },
            "paymentAmount": amount,
            "env": {"terminalType": "WEB", "clientIp": "192.0.2.7"},
            "settlementStrategy": {"settlementCurrency": CURRENCY},
            "paymentRedirectUrl": f"{self.url}/orders/{reference}/return",
            "paymentMethod": method,
            **more,
        }


def gateway_page(*, three_ds: bool = False) -> Method:
    """Returns the method of a buyer who types the card on the gateway's page."""
    meta: Method = {"paymentMethodMetaData": {"is3DSAuthentication": True}} if three_ds else {}
    return {"paymentMethodType": "CARD", **meta}
