"""The merchant's side: the orders of a small shop, and the sandbox cards its buyers pay with."""

from holdfast import CardData, PaymentClient

GOOD_CARD = "4054695723100768"
DECLINED_CARD = "4054692760174822"
CURRENCY = "EUR"

Method = dict[str, object]


class Shop:
    """Makes orders; `url` is where buyers come back to."""

    def __init__(self, payments: PaymentClient, url: str) -> None:
        self.payments = payments
        self.url = url

    async def card(self, number: str) -> Method:
        """Card data of our own form (server-to-server): sealed in the vault, and known by reference."""
        card = CardData(cardNo=number, cvv="123", expiryMonth="12", expiryYear="39")
        return {"paymentMethodType": "CARD", "cardReference": await self.payments.store_card(card)}

    def order(self, reference: str, value: str, method: Method, **more: object) -> dict[str, object]:
        """An order over `value` minor units."""
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
    """The buyer types the card on the gateway's page."""
    meta: Method = {"paymentMethodMetaData": {"is3DSAuthentication": True}} if three_ds else {}
    return {"paymentMethodType": "CARD", **meta}
