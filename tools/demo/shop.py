"""The orders of a small shop, and the sandbox cards that its buyers pay with."""

from holdfast import CardData, PaymentClient

GOOD_CARD = "4054695723100768"
DECLINED_CARD = "4054692760174822"
CURRENCY = "EUR"

Method = dict[str, object]


class Shop:
    """Makes orders; buyers are redirected back to `url`."""

    def __init__(self, payments: PaymentClient, url: str) -> None:
        self.payments = payments
        self.url = url

    async def card(self, number: str) -> Method:
        """Stores a card typed on the shop's own form in the vault; returns the method with its reference."""
        card = CardData(cardNo=number, cvv="123", expiryMonth="12", expiryYear="39")
        return {"paymentMethodType": "CARD", "cardReference": await self.payments.store_card(card)}

    def order(self, reference: str, value: str, method: Method, **more: object) -> dict[str, object]:
        """Returns an order of `value` minor units."""
        amount = {"currency": CURRENCY, "value": value}
        return {
            "paymentReference": reference,
            "order": {
                "referenceOrderId": reference,
                "orderDescription": "Cups and saucers",
                "orderAmount": amount,
                "buyer": {"referenceBuyerId": "buyer-1", "buyerEmail": "ada@example.com"},
            },
            "paymentAmount": amount,
            "env": {"terminalType": "WEB", "clientIp": "192.0.2.7"},
            "settlementStrategy": {"settlementCurrency": CURRENCY},
            "paymentRedirectUrl": f"{self.url}/result/{reference}",
            "paymentMethod": method,
            **more,
        }


def gateway_page(*, three_ds: bool = False) -> Method:
    """Returns the method of a buyer who types the card on the gateway's page."""
    meta: Method = {"paymentMethodMetaData": {"is3DSAuthentication": True}} if three_ds else {}
    return {"paymentMethodType": "CARD", **meta}
