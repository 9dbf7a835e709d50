"""A payment in the formats of answers, notifications and the ledger."""

from datetime import datetime
from typing import TypedDict

from simulator.clock import iso
from simulator.http.body import Answer
from simulator.state import Capture, Payment, Status, Store


def _iso_or_none(moment: datetime | None) -> str | None:
    return iso(moment) if moment is not None else None


# digits in a reference could be mistaken for a card number
_LETTERS = str.maketrans("0123456789", "abcdefghij")


def _reference(payment: Payment) -> str:
    return payment.payment_id[-20:].translate(_LETTERS)


def result_info(payment: Payment) -> Answer | None:
    """Returns the paymentResultInfo (Antom); None until a card is known."""
    if payment.card is None:
        return None
    info: Answer = {
        "cardNo": payment.card.masked,
        "lastFour": payment.card.masked[-4:],
        "cardBrand": payment.card.brand,
        "funding": "CREDIT",
        "issuingCountry": "US",
        "avsResultRaw": "A",
        "cvvResultRaw": "Y",
    }
    if payment.status is Status.SUCCESS:
        info["networkTransactionId"] = f"NTI{_reference(payment)}"
        info["credentialTypeUsed"] = "PAN"
    if payment.challenged:
        info["threeDSResult"] = {
            "threeDSVersion": "2.2.0",
            "eci": "02" if payment.card.brand == "MASTERCARD" else "05",
            "cavv": f"cavv{_reference(payment)}",
            "dsTransactionId": f"ds-{_reference(payment)}",
            "challenged": not payment.card.frictionless,
        }
    if payment.consented and payment.status is Status.SUCCESS:
        info["cardToken"] = payment.method_id or f"ALIPAY_TOKEN_{payment.token}"
    return info


def common_fields(payment: Payment) -> dict[str, object]:
    """Returns the fields that pay, inquiryPayment and PAYMENT_RESULT have in common."""
    paid = payment.status is Status.SUCCESS
    return {
        "paymentRequestId": payment.request_id,
        "paymentId": payment.payment_id,
        "paymentAmount": payment.amount.wire(),
        "actualPaymentAmount": payment.amount.wire() if paid else None,
        "paymentCreateTime": iso(payment.created_at),
        "paymentTime": _iso_or_none(payment.paid_at) if paid else None,
        "authExpiryTime": _iso_or_none(payment.expires_at) if paid else None,
        "paymentResultInfo": result_info(payment) if not payment.is_open else None,
    }


def risk_review_fields(payment: Payment) -> dict[str, object]:
    """Returns the fields of the risk review that inquiryPayment and notifications have; none without one."""
    if payment.risk_review is None:
        return {}
    return {"authReviewStatus": str(payment.risk_review), "authReviewSource": "PSP"}


def transaction(payment: Payment, capture: Capture) -> dict[str, object]:
    """Returns a CAPTURE entry of inquiryPayment.transactions[] (Antom)."""
    status = {"SUCCESS": "S", "FAIL": "F"}.get(capture.status, "U")
    code = "PAYMENT_IN_PROCESS" if status == "U" else capture.code
    return {
        "transactionType": "CAPTURE",
        "transactionStatus": str(capture.status),
        "transactionId": capture.capture_id,
        "transactionRequestId": capture.request_id,
        "transactionAmount": {"currency": payment.amount.currency, "value": str(capture.amount)},
        "transactionTime": iso(capture.at),
        "transactionResult": {"resultCode": code, "resultStatus": status, "resultMessage": code.lower()},
    }


def capture_fields(payment: Payment, capture: Capture) -> dict[str, object]:
    """Returns the fields that a capture's answer and CAPTURE_RESULT have in common (Antom)."""
    return {
        "captureRequestId": capture.request_id,
        "captureId": capture.capture_id,
        "paymentId": payment.payment_id,
        "captureAmount": {"currency": payment.amount.currency, "value": str(capture.amount)},
        "captureTime": iso(capture.at) if capture.status is Status.SUCCESS else None,
    }


def _ledger_captures(payment: Payment) -> list[dict[str, object]]:
    return [
        {
            "paymentRequestId": payment.request_id,
            "captureRequestId": capture.request_id,
            "captureId": capture.capture_id,
            "amount": capture.amount,
            "status": str(capture.status),
            "code": capture.code,
        }
        for capture in payment.captures
    ]


def ledger_payment(payment: Payment) -> dict[str, object]:
    """Returns one payment of GET /ledger, with amounts as integers in minor units."""
    return {
        "paymentRequestId": payment.request_id,
        "paymentId": payment.payment_id,
        "orderId": payment.order_id,
        "status": str(payment.status),
        "code": payment.code,
        "amount": payment.amount.value,
        "currency": payment.amount.currency,
        "captureMode": "MANUAL" if payment.manual_capture else "AUTOMATIC",
        "authorizedAmount": payment.authorized,
        "heldAmount": payment.held,
        "capturedAmount": payment.captured,
        "refundedAmount": payment.refunded,
        "captures": _ledger_captures(payment),
        "authReviewStatus": str(payment.risk_review) if payment.risk_review else None,
        "voided": payment.voided,
        "expired": payment.expired,
        "payCalls": payment.counts.get("pay", 0),
        "captureCalls": payment.counts.get("capture", 0),
        "cancelCalls": payment.counts.get("cancel", 0),
        "inquiries": payment.counts.get("inquiryPayment", 0),
        "page": payment.page or None,
        "createdAt": iso(payment.created_at),
        "authExpiryTime": _iso_or_none(payment.expires_at),
    }


class Ledger(TypedDict):
    """Payments by paymentRequestId, orders by referenceOrderId, and events, oldest first."""

    payments: dict[str, dict[str, object]]
    orders: dict[str, dict[str, object]]
    events: list[dict[str, object]]


def _by_order(store: Store) -> dict[str, list[Payment]]:
    grouped: dict[str, list[Payment]] = {}
    for payment in store.payments.values():
        grouped.setdefault(payment.order_id, []).append(payment)
    return grouped


def ledger(store: Store) -> Ledger:
    """Returns the ledger in the format of GET /ledger."""
    orders: dict[str, dict[str, object]] = {}
    for order_id, attempts in _by_order(store).items():
        orders[order_id] = {
            "liveAuthorizations": sum(payment.is_live for payment in attempts),
            "maxLiveAuthorizations": store.max_live(order_id),
            "capturedAmount": sum(
                payment.captured - payment.refunded for payment in attempts if payment.captured
            ),
            "captures": [capture for payment in attempts for capture in _ledger_captures(payment)],
            "currency": attempts[0].amount.currency,
        }
    payments = {payment.request_id: ledger_payment(payment) for payment in store.payments.values()}
    return {"payments": payments, "orders": orders, "events": list(store.events)}
