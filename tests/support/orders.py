"""Orders as a merchant service sends them."""

from typing import Any

PAN = "4117347806156383"
EUR_300 = {"currency": "EUR", "value": "30000"}


def order_fields(reference: str = "ORDER_1", **fields: Any) -> dict[str, Any]:
    """Returns a valid order of EUR 300.00, changed by `fields`."""
    return {
        "paymentReference": reference,
        "order": {"referenceOrderId": reference, "orderDescription": "Two cups", "orderAmount": EUR_300},
        "paymentAmount": EUR_300,
        "env": {"terminalType": "WEB", "clientIp": "192.0.2.7"},
        "paymentRedirectUrl": "https://shop.example/back",
        "paymentMethod": {"paymentMethodType": "CARD"},
        **fields,
    }


def with_metadata(**fields: Any) -> dict[str, Any]:
    """Returns a payment method with these fields in its metadata."""
    return {"paymentMethodType": "CARD", "paymentMethodMetaData": fields}
