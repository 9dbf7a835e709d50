"""Your first payment: the buyer pays on the gateway's page, and you capture."""

import asyncio
import os
import secrets

from holdfast import PaymentClient, PaymentStatus, connect


def order_of(reference: str) -> dict[str, object]:
    """Returns an order of EUR 300.00; amounts are in minor units."""
    amount = {"currency": "EUR", "value": "30000"}
    return {
        "paymentReference": reference,
        "order": {"referenceOrderId": reference, "orderDescription": "two books", "orderAmount": amount},
        "paymentAmount": amount,
        "env": {"terminalType": "WEB", "clientIp": "203.0.113.7"},
        "paymentRedirectUrl": os.environ.get("HOLDFAST_SHOP_URL", "https://shop.example.com"),
        "paymentMethod": {"paymentMethodType": "CARD"},
        "captureMode": "MANUAL",
    }


async def main() -> None:
    """Authorizes, waits for the buyer, and captures."""
    client = PaymentClient(await connect())  # reads the variables of merchant.env
    reference = f"python-{secrets.token_hex(4)}"  # your own key of the payment

    payment = await client.authorize(order_of(reference))  # a repeated call never makes a second payment
    print(f"{reference} is {payment.status}")
    if payment.nextAction:
        print(f"pay here: {payment.nextAction.normalUrl}")

    payment = await client.wait(reference, until=[PaymentStatus.AUTHORIZED, PaymentStatus.DECLINED])
    print(f"{reference} is {payment.status}")
    if payment.status is PaymentStatus.AUTHORIZED:
        await client.capture(reference)
        payment = await client.wait(reference)
        print(f"{reference} is {payment.status}")


if __name__ == "__main__":
    asyncio.run(main())
