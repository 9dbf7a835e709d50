"""Builds the gateway's pay request from an order and a card (Antom: pay)."""

from temporalio.exceptions import ApplicationError

from activities.calls import Failure
from holdfast.antom.models import CaptureMode, PaymentFactor, PaymentMethod, PayRequest, RawCardMetaData
from holdfast.card_vault import CardData
from holdfast.order import PaymentOrder


def pay_request(
    order: PaymentOrder, payment_request_id: str, notify_url: str, card: CardData | None
) -> PayRequest:
    """Returns the pay request, which is always the same for the same order, id and card.

    The gateway's idempotency requires the same request. The request is always an authorization; `captureMode`
    is sent only where the merchant captures. It has no `paymentExpiryTime`, whose custom values the gateway's
    documents contradict: the gateway's own limit for the buyer applies.

    Raises:
        ApplicationError: `InvalidOrder`, where the card has a cryptogram and the order no `mpiData` for it.
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


_CRYPTOGRAM = ("cavv", "caav")
_NO_MPI_DATA = (
    "paymentMethod.paymentMethodMetaData.mpiData: is required, the card in the vault has a cryptogram"
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
    # no local variable holds the card in clear text: some tools record the locals of a failure
    return RawCardMetaData.model_validate(
        facts | card.model_dump(exclude_none=True, exclude={*_CRYPTOGRAM}) | _mpi_data(facts, card)
    )


def _mpi_data(facts: dict[str, object], card: CardData) -> dict[str, dict[str, object]]:
    """Returns the order's `mpiData` with the card's cryptogram; nothing where the card has none."""
    if not card.has_cryptogram:
        return {}
    mpi = facts.get("mpiData")
    if not isinstance(mpi, dict):
        raise ApplicationError(_NO_MPI_DATA, type=Failure.INVALID_ORDER, non_retryable=True)
    return {"mpiData": mpi | card.model_dump(exclude_none=True, include={*_CRYPTOGRAM})}
