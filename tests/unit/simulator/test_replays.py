"""The faults with an old answer: which answer is sent again, and whether the call is processed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from holdfast.antom.endpoints import Operation
from simulator.answer_times import AnswerTimes
from simulator.http.server import Simulator
from tests.support.simulator.merchant import Merchant, card, code, pay_body

Json = dict[str, Any]
CALLS: dict[Operation, Json] = {
    Operation.PAY: pay_body(meta=card()),
    Operation.INQUIRY_PAYMENT: {"paymentRequestId": "pay-1"},
    Operation.CAPTURE: {
        "captureRequestId": "capture-1",
        "paymentId": "unknown",
        "captureAmount": {"currency": "EUR", "value": "30000"},
    },
    Operation.CANCEL: {"paymentRequestId": "pay-1"},
    Operation.NOTIFICATION_LIST: {},
}
_NAMES = {operation: operation.value.rsplit("/", 1)[-1] for operation in CALLS}


def _time(answer: httpx.Response) -> datetime:
    return datetime.fromisoformat(answer.headers["response-time"])


def _signature(answer: httpx.Response) -> tuple[str, str, bytes]:
    return answer.headers["response-time"], answer.headers["signature"], answer.content


@pytest.mark.parametrize("fault", ["replayed", "act_and_replayed"])
@pytest.mark.parametrize("operation", CALLS)
async def test_last_answer_to_the_operation_is_sent_again(
    merchant: Merchant, simulator: Simulator, operation: Operation, fault: str
) -> None:
    first = await merchant.send(operation, CALLS[operation])
    simulator.inject_fault(_NAMES[operation], fault)
    again = await merchant.send(operation, CALLS[operation])
    assert merchant.trusts(again)
    assert _signature(again) == _signature(first)


@pytest.mark.parametrize("operation", CALLS)
async def test_stale_answer_is_the_genuine_one_with_an_old_time(
    merchant: Merchant, simulator: Simulator, operation: Operation
) -> None:
    simulator.inject_fault(_NAMES[operation], "stale_time")
    simulator.inject_fault(_NAMES[operation], "stale_time", seconds=600)
    for age in (timedelta(hours=1), timedelta(minutes=10)):
        answer = await merchant.send(operation, CALLS[operation])
        assert merchant.trusts(answer)
        assert abs(datetime.now(UTC) - age - _time(answer)) < timedelta(minutes=1)


async def test_only_replayed_is_not_processed(merchant: Merchant, simulator: Simulator) -> None:
    for fault, payments in (("replayed", []), ("act_and_replayed", ["pay-1"])):
        simulator.inject_fault("pay", fault)
        await merchant.send(Operation.PAY, pay_body(meta=card()))
        assert [*simulator.ledger()["payments"]] == payments


async def test_first_answer_of_all_is_an_old_one_to_another_payment(
    merchant: Merchant, simulator: Simulator
) -> None:
    simulator.inject_fault("cancel", "replayed")
    simulator.inject_fault("cancel", "replayed", code="PROCESS_FAIL", seconds=60)
    for expected, age in (("F ORDER_NOT_EXIST", 3600), ("F PROCESS_FAIL", 60)):
        answer = await merchant.send(Operation.CANCEL, {"paymentRequestId": "pay-1"})
        assert merchant.trusts(answer)
        assert code(answer.json()) == expected
        assert abs((datetime.now(UTC) - _time(answer)).total_seconds() - age) < 50


async def test_answer_of_the_same_payment_or_with_the_code_is_chosen(
    merchant: Merchant, simulator: Simulator
) -> None:
    await merchant.pay()
    await merchant.inquire()
    await merchant.inquire("unknown")
    simulator.inject_fault("inquiryPayment", "replayed", match="pay-1")
    simulator.inject_fault("inquiryPayment", "replayed", match="pay-1", code="ORDER_NOT_EXIST")
    assert (await merchant.inquire())["paymentRequestId"] == "pay-1"
    assert code(await merchant.inquire()) == "F ORDER_NOT_EXIST"


async def test_answer_that_the_merchant_cannot_have_verified_is_not_sent_again(
    merchant: Merchant, simulator: Simulator
) -> None:
    await merchant.pay()
    genuine = await merchant.inquire()
    for fault in ("bad_signature", "garbage", "unsigned", "stale_time", "wrong_amount"):
        simulator.inject_fault("inquiryPayment", fault)
        await merchant.send(Operation.INQUIRY_PAYMENT, {"paymentRequestId": "pay-1"})
    simulator.inject_fault("inquiryPayment", "replayed")
    assert await merchant.inquire() == genuine


def test_equal_answers_have_distinct_times_where_it_is_required() -> None:
    times = AnswerTimes(distinct=True)
    chosen = [datetime.fromisoformat(times.choose("/path", b"{}")) for _ in range(50)]
    assert len({*chosen}) == 50
    assert chosen == sorted(chosen)
    assert chosen[-1] - chosen[0] < timedelta(minutes=5)
    other = datetime.fromisoformat(times.choose("/path", b"{ }"))
    assert abs(datetime.now(UTC) - other) < timedelta(seconds=30)


def test_time_of_an_answer_is_now_with_a_resolution_of_one_second() -> None:
    times = AnswerTimes()
    before = datetime.now(UTC).replace(microsecond=0)
    chosen = [datetime.fromisoformat(times.choose("/path", b"{}")) for _ in range(50)]
    assert all(before <= time <= datetime.now(UTC) and not time.microsecond for time in chosen)
