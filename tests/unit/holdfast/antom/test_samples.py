"""Every sample of the vendor's product guide parses with its model and dumps back without loss."""

import pytest

from holdfast.antom.models import (
    InquiryPaymentResponse,
    PaymentNotification,
    PayRequest,
    PayResponse,
    ResponseModel,
    ResultStatus,
    TransactionStatus,
    parse_notification,
)
from tests.support.antom.gateway import DATA, sample

RECEIVED: dict[str, type[ResponseModel]] = {
    "inquiry-payment-response": InquiryPaymentResponse,
    "notify-payment": PaymentNotification,
    "pay-response": PayResponse,
}
NAMES = sorted(path.name for path in DATA.glob("*.*.json"))
RECEIVED_NAMES = [name for name in NAMES if not name.startswith("pay-request")]
NOTIFICATIONS = [name for name in NAMES if name.startswith("notify-payment")]


def test_all_twelve_samples_are_there() -> None:
    assert len(NAMES) == 12


@pytest.mark.parametrize("name", RECEIVED_NAMES)
def test_what_the_gateway_sends_comes_back_unchanged(name: str) -> None:
    model = RECEIVED[name.split(".")[0]]
    assert model.model_validate(sample(name)).model_dump(mode="json", exclude_unset=True) == sample(name)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("pay-request")])
def test_a_pay_request_comes_back_unchanged_without_what_was_never_set(name: str) -> None:
    request = PayRequest.model_validate(sample(name))
    assert request.model_dump(mode="json", exclude_none=True) == sample(name)


@pytest.mark.parametrize("name", NOTIFICATIONS)
def test_a_notification_is_recognised_by_its_type(name: str) -> None:
    notification = parse_notification((DATA / name).read_bytes())
    assert isinstance(notification, PaymentNotification)
    assert notification.model_dump(mode="json", exclude_unset=True) == sample(name)


def test_the_redirect_sample_has_a_page_for_the_buyer() -> None:
    answer = PayResponse.model_validate(sample("pay-response.redirect.json"))
    assert answer.has_redirect
    assert answer.result.resultStatus is ResultStatus.U
    assert answer.redirectActionForm is not None
    assert answer.redirectActionForm.method == "GET"
    assert answer.model_extra is not None
    assert "paymentActionForm" in answer.model_extra


@pytest.mark.parametrize("name", ["pay-response.success.json", "pay-response.failed.json"])
def test_a_decided_sample_has_no_page(name: str) -> None:
    assert not PayResponse.model_validate(sample(name)).has_redirect


def test_the_korean_inquiry_tells_how_long_a_capture_is_possible() -> None:
    answer = InquiryPaymentResponse.model_validate(sample("inquiry-payment-response.korea.json"))
    assert answer.paymentStatus is TransactionStatus.SUCCESS
    assert answer.auth_expiry is not None
    assert answer.paid_at is not None
    assert (answer.auth_expiry - answer.paid_at).days == 7
    assert answer.auth_expiry.isoformat() == "2024-03-26T02:36:54+00:00"
