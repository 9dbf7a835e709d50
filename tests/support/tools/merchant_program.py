"""A merchant's own program: it pays with the environment of a running demo, and prints the last status."""

import asyncio
import os
import sys

from holdfast import CardData, PaymentClient, connect
from holdfast.card_vault import Keyring, open_vault
from tests.support.orders import order_fields

CARD = CardData(cardNo="4054695723100768", cvv="123", expiryMonth="12", expiryYear="39")


async def main(reference: str) -> None:
    """Authorizes with a card of the shop's own form, captures, and waits for the capture."""
    keys = Keyring.parse(os.environ["HOLDFAST_CARD_VAULT_KEYS"], "HOLDFAST_CARD_VAULT_KEYS")
    vault = open_vault(os.environ["HOLDFAST_CARD_VAULT"], keys)
    client = PaymentClient(await connect(), vault=vault)
    method = {"paymentMethodType": "CARD", "cardReference": await client.store_card(CARD)}
    await client.authorize(order_fields(reference, paymentMethod=method, captureMode="MANUAL"))
    await client.capture(reference)
    paid = await client.wait(reference)
    sys.stdout.write(f"{paid.status}\n")
    await vault.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
