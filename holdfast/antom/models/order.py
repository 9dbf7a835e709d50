"""The order, its goods, their shipping and the seller (Antom: pay)."""

from typing import Annotated, Literal

from pydantic import Field

from holdfast.antom.amounts import Amount
from holdfast.antom.base import (
    Id64,
    IsoTime,
    Quantity,
    RequestModel,
    Text16,
    Text64,
    Text128,
    Text256,
    Text2048,
)
from holdfast.antom.models.buyer import Address, Buyer, Name

MAX_GOODS = 100


class Goods(RequestModel):
    """One line of an order."""

    referenceGoodsId: Text64 | None = None
    goodsName: Text256 | None = None
    goodsCategory: Text64 | None = None
    goodsBrand: str | None = None
    goodsUnitAmount: Amount | None = None
    goodsQuantity: Quantity | None = None
    goodsSkuName: str | None = None
    goodsUrl: Text2048 | None = None
    goodsImageUrl: Text2048 | None = None
    deliveryMethodType: Literal["PHYSICAL", "DIGITAL"] | None = None


class Shipping(RequestModel):
    """The shipping address and the carrier of the goods."""

    shippingName: Name | None = None
    shippingAddress: Address | None = None
    shippingCarrier: Text128 | None = None
    shippingPhoneNo: Text16 | None = None
    shipToEmail: Text64 | None = None
    shippingFee: Amount | None = None
    shippingFeeId: str | None = None
    shippingDescription: str | None = None
    shippingNumber: str | None = None
    trackingUrl: Text2048 | None = None
    notes: str | None = None


class Merchant(RequestModel):
    """The sub-merchant that sells the goods: only for acquirers with sub-merchants."""

    referenceMerchantId: str | None = None
    merchantMCC: str | None = None
    merchantName: str | None = None
    merchantDisplayName: str | None = None
    merchantType: str | None = None
    merchantUrl: Text2048 | None = None
    merchantCountryCode: str | None = None
    merchantAddress: Address | None = None
    merchantRegisterDate: IsoTime | None = None


class Order(RequestModel):
    """The order that is paid. Antom does not compare `orderAmount` with the payment's amount."""

    referenceOrderId: Id64
    orderDescription: Text256
    orderAmount: Amount
    buyer: Buyer | None = None
    goods: Annotated[list[Goods], Field(max_length=MAX_GOODS)] | None = None
    shipping: Shipping | None = None
    merchant: Merchant | None = None
    extendInfo: str | None = None
