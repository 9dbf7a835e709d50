"""A payment with a card from your own page: the card goes to the vault, and never through Temporal."""

import asyncio
import os
import secrets

from holdfast import CardData, PaymentClient, PaymentStatus, connect
from holdfast.card_vault import Keyring, open_vault


def order_of(reference: str, card_reference: str) -> dict[str, object]:
    """Returns an order of EUR 300.00 with the reference of a stored card."""
    amount = {"currency": "EUR", "value": "30000"}
    return {
        "paymentReference": reference,
        "order": {"referenceOrderId": reference, "orderDescription": "two books", "orderAmount": amount},
        "paymentAmount": amount,
        "env": {"terminalType": "WEB", "clientIp": "203.0.113.7"},
        "paymentRedirectUrl": os.environ.get("HOLDFAST_SHOP_URL", "https://shop.example.com"),
        "paymentMethod": {"paymentMethodType": "CARD", "cardReference": card_reference},
        "captureMode": "MANUAL",
    }


async def main() -> None:
    """Stores the card, authorizes, and captures."""
    keys = Keyring.parse(os.environ["HOLDFAST_CARD_VAULT_KEYS"], "HOLDFAST_CARD_VAULT_KEYS")
    vault = open_vault(os.environ["HOLDFAST_CARD_VAULT"], keys)
    client = PaymentClient(await connect(), vault=vault)

    # what your form has received: it is encrypted, valid for one attempt, and deleted after it
    card = CardData(cardNo="4054695723100768", cvv="123", expiryMonth="12", expiryYear="39")
    card_reference = await client.store_card(card)

    reference = f"own-form-{secrets.token_hex(4)}"
    payment = await client.authorize(order_of(reference, card_reference))
    print(f"{reference} is {payment.status}")
    if payment.status is PaymentStatus.AUTHORIZED:
        await client.capture(reference)
        payment = await client.wait(reference)
        print(f"{reference} is {payment.status}")
    await vault.close()


if __name__ == "__main__":
    asyncio.run(main())
