"""The checkout tells a buyer the truth, in every status, and repeats nothing unescaped."""

import pytest

from holdfast import PaymentStatus
from holdfast.antom.models import CaptureMode
from holdfast.next_action import NextAction
from tests.support.tools.payments import NOW, payment
from tools.demo.checkout_pages import RELOAD, Links, form, refusal, result

LINKS = Links("http://127.0.0.1:8233/namespaces/default/workflows", "http://127.0.0.1:8100/ledger")
HOSTILE = '"><script>alert(1)</script>'
PAID = "<h1>Paid</h1>"


@pytest.mark.parametrize("status", PaymentStatus)
def test_paid_is_said_of_captured_money_alone(status: PaymentStatus) -> None:
    page = result(payment(status), LINKS)
    assert (PAID in page) is (status is PaymentStatus.CAPTURED)
    thanks = {"AUTHORIZED", "CAPTURING", "PARTIALLY_CAPTURED"}
    assert ("Thank you" in page) is (status in thanks)
    assert f"<dd>{status}</dd>" in page


@pytest.mark.parametrize("status", PaymentStatus)
def test_a_page_comes_again_while_something_is_to_happen_by_itself(status: PaymentStatus) -> None:
    moving = {"AUTHORIZING", "PENDING", "CAPTURING", "CANCELLING", "NEEDS_REVIEW"}
    assert (RELOAD in result(payment(status), LINKS)) is (status in moving)


def test_an_authorization_that_the_gateway_captures_is_waited_for_and_not_captured_by_hand() -> None:
    page = result(payment(PaymentStatus.AUTHORIZED, captureMode=CaptureMode.AUTOMATIC), LINKS)
    assert RELOAD in page
    assert "/capture/" not in page


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        (PaymentStatus.AUTHORIZED, {"capture", "cancel"}),
        (PaymentStatus.DECLINED, {"again", "cancel"}),
        (PaymentStatus.CAPTURED, set()),
        (PaymentStatus.NEEDS_REVIEW, set()),
        (PaymentStatus.EXPIRED, set()),
    ],
)
def test_only_what_is_possible_is_offered(status: PaymentStatus, steps: set[str]) -> None:
    page = result(payment(status), LINKS)
    offered = {step for step in ("capture", "cancel", "again") if f'action="/{step}/own-form"' in page}
    assert offered == steps


def test_the_way_back_to_the_gateway_is_a_link_only_where_it_is_a_web_address() -> None:
    def page(url: str) -> str:
        action = NextAction(normalUrl=url, expiresAt=NOW)
        return result(payment(PaymentStatus.ACTION_REQUIRED, nextAction=action), LINKS)

    assert '<a href="https://gateway.example/?a=1&amp;b=2">' in page("https://gateway.example/?a=1&b=2")
    assert "javascript:" not in page("javascript:alert(1)")


@pytest.mark.parametrize("page", [form(HOSTILE, LINKS), refusal(HOSTILE)])
def test_what_comes_from_outside_is_escaped(page: str) -> None:
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_reference_is_escaped_wherever_it_stands() -> None:
    page = result(payment(PaymentStatus.AUTHORIZED).model_copy(update={"paymentReference": HOSTILE}), LINKS)
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") >= 3
