"""The sandbox's cards, 3DS, stored cards, and the fields of an inquiry."""

from datetime import datetime
from typing import Any

import pytest

from holdfast.antom.endpoints import Operation
from simulator.http.server import Simulator
from tests.support.simulator.merchant import DECLINED, FRICTIONLESS, Merchant, card, code, pay_body


@pytest.mark.parametrize("number", ["4054695723100768", "5162774114974622", "9490220011669217"])
async def test_success_card_is_authorized(merchant: Merchant, number: str) -> None:
    answer = await merchant.pay(meta=card(number))
    assert code(answer) == "S SUCCESS"
    assert answer["paymentResultInfo"]["lastFour"] == number[-4:]
    assert answer["paymentResultInfo"]["networkTransactionId"]


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        (card(DECLINED), "F DO_NOT_HONOR"),
        (card("5162770472561357"), "F DO_NOT_HONOR"),
        (card("4111111111111112"), "F INVALID_CARD_NUMBER"),
        (card("4" * 200), "F INVALID_CARD_NUMBER"),
        (card(expiryMonth="13"), "F INVALID_EXPIRATION_DATE"),
        (card(expiryYear="20"), "F INVALID_EXPIRATION_DATE"),
        (card(cvv="99"), "F PARAM_ILLEGAL"),
    ],
)
async def test_other_card_has_its_failure_code(
    merchant: Merchant, meta: dict[str, Any], expected: str
) -> None:
    assert code(await merchant.pay(meta=meta)) == expected


async def test_risky_amount_is_rejected(merchant: Merchant) -> None:
    assert code(await merchant.pay(amount="11")) == "F RISK_REJECT"


async def test_card_with_3ds_is_undecided_until_the_challenge(
    merchant: Merchant, simulator: Simulator
) -> None:
    answer = await merchant.pay(meta=card(is3DSAuthentication=True))
    assert code(answer) == "U PAYMENT_IN_PROCESS"
    assert "/challenge/" in answer["normalUrl"]
    assert answer["redirectActionForm"]["redirectUrl"] == answer["normalUrl"]
    assert (await simulator.buyer_acts("pay-1", "pay"))["inTime"] is True
    info = (await merchant.inquire())["paymentResultInfo"]
    assert info["threeDSResult"]["eci"] == "05"
    assert info["threeDSResult"]["challenged"] is True


async def test_frictionless_card_is_authenticated_without_a_challenge(merchant: Merchant) -> None:
    answer = await merchant.pay(meta=card(FRICTIONLESS, is3DSAuthentication=True))
    assert code(answer) == "S SUCCESS"
    assert answer["paymentResultInfo"]["threeDSResult"]["challenged"] is False


async def test_failed_challenge_has_the_given_code(merchant: Merchant, simulator: Simulator) -> None:
    await merchant.pay(meta=card(is3DSAuthentication="true"))
    await simulator.buyer_acts("pay-1", "fail", "AUTHENTICATION_REQUIRED")
    inquired = await merchant.inquire()
    assert inquired["paymentStatus"] == "FAIL"
    assert inquired["paymentResultCode"] == "AUTHENTICATION_REQUIRED"


async def test_stored_card_pays_again_by_its_token(merchant: Merchant) -> None:
    body = pay_body(meta=card())
    body["paymentFactor"]["storePaymentMethodForBuyer"] = True
    assert code(await merchant.ask(Operation.PAY, body)) == "F PARAM_ILLEGAL"
    body["order"]["buyer"] = {"referenceBuyerId": "buyer-1"}
    token = (await merchant.ask(Operation.PAY, body))["paymentResultInfo"]["cardToken"]
    again = pay_body("pay-2")
    again["paymentMethod"]["paymentMethodId"] = token
    assert code(await merchant.ask(Operation.PAY, again)) == "S SUCCESS"


async def test_inquiry_of_an_open_payment_has_its_page_and_no_result(merchant: Merchant) -> None:
    paid = await merchant.pay(meta={})
    inquired = await merchant.inquire()
    assert code(inquired) == "S SUCCESS"
    assert inquired["paymentStatus"] == "PROCESSING"
    assert inquired["paymentResultCode"] == "PAYMENT_IN_PROCESS"
    assert inquired["redirectActionForm"]["redirectUrl"] == paid["normalUrl"]
    assert "paymentTime" not in inquired
    assert "paymentResultInfo" not in inquired
    assert inquired["transactions"] is None


async def test_inquiry_of_an_authorized_payment_has_the_expiry_time(merchant: Merchant) -> None:
    await merchant.pay()
    inquired = await merchant.inquire()
    assert inquired["paymentStatus"] == "SUCCESS"
    assert inquired["paymentMethodType"] == "CARD"
    assert datetime.fromisoformat(inquired["authExpiryTime"]).tzinfo is not None
    assert inquired["transactions"] is None


async def test_inquiry_of_a_captured_payment_lists_the_capture(merchant: Merchant) -> None:
    paid = await merchant.pay()
    captured = await merchant.capture(paid["paymentId"])
    inquired = await merchant.ask(Operation.INQUIRY_PAYMENT, {"paymentId": paid["paymentId"]})
    assert inquired["paymentStatus"] == "SUCCESS"
    (entry,) = inquired["transactions"]
    assert entry["transactionType"] == "CAPTURE"
    assert entry["transactionStatus"] == "SUCCESS"
    assert entry["transactionId"] == captured["captureId"]
    assert entry["transactionRequestId"] == "capture-1"
    assert entry["transactionAmount"] == {"currency": "EUR", "value": "30000"}


async def test_payment_id_has_precedence_over_the_request_id(merchant: Merchant) -> None:
    first = await merchant.pay("pay-1")
    await merchant.pay("pay-2", order="order-2")
    both = {"paymentId": first["paymentId"], "paymentRequestId": "pay-2"}
    assert (await merchant.ask(Operation.INQUIRY_PAYMENT, both))["paymentRequestId"] == "pay-1"


async def test_inquiry_and_cancel_without_a_known_id_are_refused(merchant: Merchant) -> None:
    assert code(await merchant.ask(Operation.INQUIRY_PAYMENT, {})) == "F PARAM_ILLEGAL"
    assert code(await merchant.inquire("unknown")) == "F ORDER_NOT_EXIST"
    assert code(await merchant.cancel("unknown")) == "F ORDER_NOT_EXIST"
