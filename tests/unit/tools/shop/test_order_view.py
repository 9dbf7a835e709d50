"""The buyer's page offers what is possible, and nothing else."""

import pytest

from holdfast import PaymentStatus
from holdfast.antom.amounts import Amount
from holdfast.next_action import NextAction
from tests.support.tools.payments import NOW, payment
from tools.shop.views.order import OrderView

S = PaymentStatus
ENDED_UNPAID = {S.FAILED, S.EXPIRED, S.CANCELLED}


def view(status: S, **changes: object) -> OrderView:
    return OrderView(payment(status, **changes), None, "key")  # type: ignore[arg-type] # a dictionary of any fields


def test_order_that_is_paid_in_part_has_the_released_amount() -> None:
    ten = Amount(currency="EUR", value="1000")
    assert view(S.CAPTURED, capturedAmount=ten).released == Amount(currency="EUR", value="29000")
    assert view(S.CAPTURED, captured=True).released is None


@pytest.mark.parametrize("status", S)
def test_actions_follow_the_status(status: S) -> None:
    page = view(status)
    assert page.can_retry is (status is S.DECLINED)
    assert page.can_cancel is (status in {S.ACTION_REQUIRED, S.DECLINED})
    assert page.can_order_again is (status in ENDED_UNPAID)
    assert bool(page.decline) is (status in {S.DECLINED, S.FAILED})


@pytest.mark.parametrize("status", set(S) - {S.AUTHORIZED, S.PARTIALLY_CAPTURED, S.CAPTURED})
def test_no_status_without_a_good_end_leaves_the_buyer_without_a_way(status: S) -> None:
    page = view(status)
    assert page.is_waiting or page.can_ask or page.can_retry or page.can_order_again


@pytest.mark.parametrize(
    ("url", "is_link"), [("https://bank.example/?a=1", True), ("javascript:alert(1)", False), (None, False)]
)
def test_only_a_web_address_is_a_link(url: str | None, is_link: bool) -> None:
    action = NextAction(normalUrl=url, expiresAt=NOW)
    assert view(S.ACTION_REQUIRED, nextAction=action).gateway_page == (url if is_link else None)


def test_page_of_the_gateway_is_offered_only_while_the_buyer_is_needed() -> None:
    action = NextAction(normalUrl="https://bank.example/", expiresAt=NOW)
    assert view(S.PENDING, nextAction=action).gateway_page is None


@pytest.mark.parametrize(
    ("status", "done"),
    [
        (S.PENDING, [True, False, False]),
        (S.AUTHORIZED, [True, True, False]),
        (S.CAPTURED, [True, True, True]),
        (S.FAILED, []),
    ],
)
def test_steps_show_how_far_the_order_is(status: S, done: list[bool]) -> None:
    assert [is_done for _, is_done in view(status).steps] == done
