"""The checkout's pages match the status, and every value is escaped."""

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
def test_only_captured_payment_is_shown_as_paid(status: PaymentStatus) -> None:
    page = result(payment(status), LINKS)
    assert (PAID in page) is (status is PaymentStatus.CAPTURED)
    thanks = {"AUTHORIZED", "CAPTURING", "PARTIALLY_CAPTURED"}
    assert ("Thank you" in page) is (status in thanks)
    assert f"<dd>{status}</dd>" in page


@pytest.mark.parametrize("status", PaymentStatus)
def test_page_reloads_while_the_status_is_in_progress(status: PaymentStatus) -> None:
    in_progress = {"AUTHORIZING", "PENDING", "CAPTURING", "CANCELLING", "NEEDS_REVIEW"}
    assert (RELOAD in result(payment(status), LINKS)) is (status in in_progress)


def test_automatic_authorization_reloads_and_offers_no_capture() -> None:
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
def test_page_offers_only_possible_actions(status: PaymentStatus, steps: set[str]) -> None:
    page = result(payment(status), LINKS)
    offered = {step for step in ("capture", "cancel", "again") if f'action="/{step}/own-form"' in page}
    assert offered == steps


def test_gateway_url_is_a_link_only_when_it_is_a_web_address() -> None:
    def page(url: str) -> str:
        action = NextAction(normalUrl=url, expiresAt=NOW)
        return result(payment(PaymentStatus.ACTION_REQUIRED, nextAction=action), LINKS)

    assert '<a href="https://gateway.example/?a=1&amp;b=2">' in page("https://gateway.example/?a=1&b=2")
    assert "javascript:" not in page("javascript:alert(1)")


@pytest.mark.parametrize("page", [form(HOSTILE, LINKS), refusal(HOSTILE)])
def test_external_text_is_escaped(page: str) -> None:
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_reference_is_escaped_in_every_place() -> None:
    page = result(payment(PaymentStatus.AUTHORIZED).model_copy(update={"paymentReference": HOSTILE}), LINKS)
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") >= 3
