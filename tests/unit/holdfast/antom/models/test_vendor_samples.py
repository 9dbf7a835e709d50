"""Every sample of the vendor's product guide is parsed by its model and serialized without loss."""

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


def test_all_twelve_vendor_samples_exist() -> None:
    assert len(NAMES) == 12


@pytest.mark.parametrize("name", RECEIVED_NAMES)
def test_response_sample_is_serialized_unchanged(name: str) -> None:
    model = RECEIVED[name.split(".")[0]]
    assert model.model_validate(sample(name)).model_dump(mode="json", exclude_unset=True) == sample(name)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("pay-request")])
def test_pay_request_sample_is_serialized_unchanged(name: str) -> None:
    request = PayRequest.model_validate(sample(name))
    assert request.model_dump(mode="json", exclude_none=True) == sample(name)


@pytest.mark.parametrize("name", NOTIFICATIONS)
def test_notification_sample_is_parsed_by_its_type(name: str) -> None:
    notification = parse_notification((DATA / name).read_bytes())
    assert isinstance(notification, PaymentNotification)
    assert notification.model_dump(mode="json", exclude_unset=True) == sample(name)


def test_redirect_sample_has_a_redirect() -> None:
    response = PayResponse.model_validate(sample("pay-response.redirect.json"))
    assert response.has_redirect
    assert response.result.resultStatus is ResultStatus.U
    assert response.redirectActionForm is not None
    assert response.redirectActionForm.method == "GET"
    assert response.model_extra is not None
    assert "paymentActionForm" in response.model_extra


@pytest.mark.parametrize("name", ["pay-response.success.json", "pay-response.failed.json"])
def test_decided_sample_has_no_redirect(name: str) -> None:
    assert not PayResponse.model_validate(sample(name)).has_redirect


def test_korean_inquiry_sample_has_an_authorization_expiry() -> None:
    response = InquiryPaymentResponse.model_validate(sample("inquiry-payment-response.korea.json"))
    assert response.paymentStatus is TransactionStatus.SUCCESS
    assert response.auth_expiry is not None
    assert response.paid_at is not None
    assert (response.auth_expiry - response.paid_at).days == 7
    assert response.auth_expiry.isoformat() == "2024-03-26T02:36:54+00:00"
