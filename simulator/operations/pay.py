"""The operation pay (Antom) for cards, which decides a payment or redirects the buyer."""

import secrets
from datetime import datetime

from simulator.cards import TOKEN_CARD, Card, check_card
from simulator.http.body import Answer, Body, Refused, answer
from simulator.payment_lifecycle import CLOSES_AFTER, PaymentLifecycle
from simulator.state import Payment, Status
from simulator.views import common_fields

META = "paymentMethod.paymentMethodMetaData"
RISKY_AMOUNT = 11


def pay(lifecycle: PaymentLifecycle, body: Body, public_url: str, declined: Refused | None = None) -> Answer:
    """Answers one pay call; `public_url` is the base URL of the hosted pages.

    With `declined`, a new payment fails with that code, whatever its card is.
    """
    request_id = body.required("paymentRequestId", 64)
    known = lifecycle.store.payments.get(request_id)
    if known is not None:
        return _repeated(known, body)
    payment = _read(lifecycle, body, request_id)
    card, refused = _card(lifecycle, body)
    lifecycle.open(payment)
    _begin(lifecycle, payment, card, declined or refused, public_url)
    payment.pay_answer = _answer(payment)
    return payment.pay_answer


def _repeated(payment: Payment, body: Body) -> Answer:
    """Returns the first answer again, or raises `Refused` (Antom: idempotency)."""
    same = body.money("paymentAmount") == payment.amount
    if not same or body.text("paymentMethod.paymentMethodId") != payment.method_id:
        raise Refused("REPEAT_REQ_INCONSISTENT", "Repeated requests are inconsistent.")
    if payment.status is Status.CANCELLED:
        raise Refused("ORDER_IS_CANCELED", "The order is cancelled.")
    was_redirected = bool(payment.page)
    if payment.status is Status.FAIL and was_redirected:
        raise Refused("ORDER_IS_CLOSED", "The order is closed.")
    return payment.pay_answer or _answer(payment)


def _read(lifecycle: PaymentLifecycle, body: Body, request_id: str) -> Payment:
    """Validates the fields that Antom requires, and returns the new payment."""
    _check(body)
    now = lifecycle.clock.now()
    return Payment(
        request_id=request_id,
        payment_id=lifecycle.store.new_id(),
        token=secrets.token_urlsafe(18),
        order_id=body.required("order.referenceOrderId", 64),
        description=body.required("order.orderDescription", 256),
        amount=body.money("paymentAmount"),
        method_id=body.optional("paymentMethod.paymentMethodId", 2048),
        manual_capture=_manual_capture(body),
        wants_3ds=body.flag(f"{META}.is3DSAuthentication"),
        wants_issuer=body.flag(f"{META}.requireIssuerAuthentication"),
        wants_token=_wants_token(body),
        notify_url=body.optional("paymentNotifyUrl", 2048),
        redirect_url=body.required("paymentRedirectUrl", 2048),
        created_at=now,
        closes_at=_closes_at(body, now),
    )


def _check(body: Body) -> None:
    if body.text("productCode") != "CASHIER_PAYMENT":
        raise Refused("PARAM_ILLEGAL", "productCode: CASHIER_PAYMENT")
    if body.text("paymentMethod.paymentMethodType") != "CARD":
        raise Refused("PARAM_ILLEGAL", "paymentMethod.paymentMethodType: CARD")
    body.money("order.orderAmount")
    terminal = body.text("env.terminalType")
    if terminal not in ("WEB", "WAP", "APP", "MINI_APP"):
        raise Refused("PARAM_ILLEGAL", "env.terminalType: WEB, WAP, APP or MINI_APP")
    if terminal != "WEB" and body.text("env.osType") not in ("IOS", "ANDROID"):
        raise Refused("PARAM_ILLEGAL", "env.osType: IOS or ANDROID")
    goods = body.at("order.goods")
    if isinstance(goods, list) and len(goods) > 100:
        raise Refused("PARAM_ILLEGAL", "order.goods: at most 100")
    if body.at("settlementStrategy") is not None:
        body.required("settlementStrategy.settlementCurrency", 3)


def _manual_capture(body: Body) -> bool:
    mode = body.text("paymentFactor.captureMode") or "AUTOMATIC"
    if mode not in ("AUTOMATIC", "MANUAL"):
        raise Refused("PARAM_ILLEGAL", "paymentFactor.captureMode: AUTOMATIC or MANUAL")
    manual = mode == "MANUAL"
    if manual and not body.flag("paymentFactor.isAuthorization"):
        raise Refused("PARAM_ILLEGAL", "paymentFactor.isAuthorization: true for MANUAL")
    if manual and body.flag(f"{META}.requireIssuerAuthentication"):
        raise Refused("PARAM_ILLEGAL", "requireIssuerAuthentication: AUTOMATIC capture only")
    return manual


def _wants_token(body: Body) -> bool:
    if body.flag("paymentFactor.storePaymentMethodForBuyer"):
        body.required("order.buyer.referenceBuyerId", 64)
        return True
    mode = body.text(f"{META}.tokenizeMode")
    return body.flag(f"{META}.tokenize") or mode in ("ENABLED", "ASKFORCONSENT")


def _closes_at(body: Body, now: datetime) -> datetime:
    requested = body.text("paymentExpiryTime")
    if not requested:
        return now + CLOSES_AFTER
    try:
        moment = datetime.fromisoformat(requested)
    except ValueError:
        raise Refused("PARAM_ILLEGAL", "paymentExpiryTime: ISO-8601") from None
    if moment.tzinfo is None or moment <= now:
        raise Refused("PARAM_ILLEGAL", "paymentExpiryTime: with an offset, and not in the past")
    return moment


def _card(lifecycle: PaymentLifecycle, body: Body) -> tuple[Card | None, Refused | None]:
    """Returns the card of the request, if any, and the decline of a card that is invalid."""
    if body.text("paymentMethod.paymentMethodId"):
        return TOKEN_CARD, None
    if body.at(f"{META}.cardNo") is None:
        return None, None
    fields = (body.text(f"{META}.{name}") for name in ("cardNo", "cvv", "expiryMonth", "expiryYear"))
    number, cvv, month, year = fields
    try:
        return check_card(number, cvv, month, year, lifecycle.clock.now()), None
    except Refused as refused:
        if refused.code == "PARAM_ILLEGAL":
            raise
        return None, refused


def _begin(
    lifecycle: PaymentLifecycle, payment: Payment, card: Card | None, refused: Refused | None, url: str
) -> None:
    """Decides the payment at once, or redirects the buyer to a page that decides it."""
    payment.card = card
    payment.consented = payment.wants_token or bool(payment.method_id)
    if refused is not None:
        lifecycle.fail(payment, refused.code, refused.message)
    elif payment.amount.value == RISKY_AMOUNT:
        lifecycle.fail(payment, "RISK_REJECT", "The transaction is rejected by risk control.")
    elif card is not None and card.decline_code:
        lifecycle.fail(payment, card.decline_code, "The issuer does not honor the payment.")
    elif card is None and not payment.wants_issuer:
        _redirect_buyer(lifecycle, payment, f"{url}/cashier/{payment.token}")
    elif payment.wants_issuer or (payment.wants_3ds and not (card and card.frictionless)):
        _redirect_buyer(lifecycle, payment, f"{url}/challenge/{payment.token}")
    else:
        payment.challenged = payment.wants_3ds
        lifecycle.authorize(payment)


def _redirect_buyer(lifecycle: PaymentLifecycle, payment: Payment, page: str) -> None:
    payment.page = page
    lifecycle.start_buyer_deadline(payment)


def _answer(payment: Payment) -> Answer:
    if payment.page:
        form = {"method": "GET", "redirectUrl": payment.page, "actionFormType": "RedirectActionForm"}
        links = {"normalUrl": payment.page, "redirectActionForm": form}
        return answer(
            "PAYMENT_IN_PROCESS", "U", "payment in process", **_open_payment_fields(payment), **links
        )
    status = "S" if payment.status is Status.SUCCESS else "F"
    return answer(payment.code, status, payment.message, **common_fields(payment))


def _open_payment_fields(payment: Payment) -> dict[str, object]:
    return {
        "paymentRequestId": payment.request_id,
        "paymentId": payment.payment_id,
        "paymentAmount": payment.amount.wire(),
        "paymentCreateTime": common_fields(payment)["paymentCreateTime"],
    }
