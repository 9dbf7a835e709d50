"""From an order to the gateway's pay request (Antom: pay)."""

from holdfast.antom.models import CaptureMode, PaymentFactor, PaymentMethod, PayRequest, RawCardMetaData
from holdfast.card_vault import CardData
from holdfast.order import PaymentOrder


def pay_request(
    order: PaymentOrder, payment_request_id: str, notify_url: str, card: CardData | None
) -> PayRequest:
    """The same order, id and card always give the same request, which the gateway's idempotency needs.

    Always an authorization; `captureMode` is sent only where the merchant captures. The gateway's own limit
    for the buyer is kept: no `paymentExpiryTime`, whose custom values the documents disagree about.
    """
    is_manual = order.captureMode is CaptureMode.MANUAL
    return PayRequest(
        paymentRequestId=payment_request_id,
        order=order.order,
        paymentAmount=order.paymentAmount,
        paymentMethod=_payment_method(order, card),
        paymentRedirectUrl=order.paymentRedirectUrl,
        paymentNotifyUrl=f"{notify_url}/{order.merchantAccount}/{order.paymentReference}",
        env=order.env,
        paymentFactor=PaymentFactor(
            isAuthorization=True, captureMode=CaptureMode.MANUAL if is_manual else None
        ),
        settlementStrategy=order.settlementStrategy,
    )


def _payment_method(order: PaymentOrder, card: CardData | None) -> PaymentMethod:
    method = order.paymentMethod
    meta = method.paymentMethodMetaData
    facts = meta.model_dump(exclude_none=True) if meta else {}
    return PaymentMethod(
        paymentMethodType=method.paymentMethodType,
        paymentMethodId=method.paymentMethodId,
        paymentMethodMetaData=_meta_data(facts, card),
    )


def _meta_data(facts: dict[str, object], card: CardData | None) -> RawCardMetaData | None:
    if card is None:
        return RawCardMetaData.model_validate(facts) if facts else None
    # no local holds the card in clear: some tools write the locals of a failure down
    return RawCardMetaData.model_validate(facts | card.model_dump(exclude_none=True))
