"""Operation paths of an account, and the errors of an account that cannot work."""

from typing import Any

import pytest

from holdfast.antom.account import GatewayAccount
from holdfast.antom.endpoints import Operation, path_for
from holdfast.antom.errors import AccountError, AntomError
from tests.support.antom.gateway import CLIENT_ID, account, private_base64, public_base64, public_pem

PATHS = {
    Operation.PAY: "/payments/pay",
    Operation.INQUIRY_PAYMENT: "/payments/inquiryPayment",
    Operation.CAPTURE: "/payments/capture",
    Operation.CANCEL: "/payments/cancel",
}


def refusal(**changed: Any) -> str:
    fields: dict[str, Any] = {
        "gateway_url": "https://gateway.example",
        "client_id": CLIENT_ID,
        "merchant_private_key": private_base64("merchant"),
        "gateway_public_keys": (public_base64("gateway"),),
    }
    with pytest.raises(AccountError) as caught:
        GatewayAccount(**(fields | changed))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


@pytest.mark.parametrize(("operation", "path"), PATHS.items())
def test_client_id_prefix_selects_the_sandbox_path(operation: Operation, path: str) -> None:
    assert path_for(operation, "T_1") == f"/ams/api/v1{path}"
    assert path_for(operation, "5X_SANDBOX_1") == f"/ams/api/v1{path}"
    assert path_for(operation, "sandbox_1") == f"/ams/api/v1{path}"
    assert path_for(operation, "SANDBOX_1") == f"/ams/sandbox/api/v1{path}"


@pytest.mark.parametrize(
    "url",
    [
        "https://open-na-global.alipay.com",
        "https://gateway.example/",
        "https://gateway.example:8443",
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "http://[::1]:8000",
        "https://[2001:db8::1]",
        "https://StubGateway.example.",
        "http://127.9.9.9",
    ],
)
def test_https_url_and_loopback_http_url_are_accepted(url: str) -> None:
    assert account(gateway_url=url).gateway_url == url


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "must be an https URL with a host"),
        ("gateway.example", "must be an https URL with a host"),
        ("ftp://gateway.example", "must be an https URL with a host"),
        ("https://", "must be an https URL with a host"),
        ("http://gateway.example", "plain http is for loopback hosts alone"),
        ("http://10.0.0.1", "plain http is for loopback hosts alone"),
        ("http://localhost.example", "plain http is for loopback hosts alone"),
        ("http://0.0.0.0:80", "plain http is for loopback hosts alone"),
        ("https://user:secret@gateway.example", "must not contain a user or password"),
        ("https://gateway.example/ams/api/v1", "must end after the host and port"),
        ("https://gateway.example?a=1", "must end after the host and port"),
        ("https://gateway.example#a", "must end after the host and port"),
        ("https://gateway.example:99999", "is not a URL"),
        ("https://[gateway", "is not a URL"),
        ("https://ü..x", "must name its host in ASCII"),
        ("https://\u2460.com", "must name its host in ASCII"),
        ("https://xn--zzzz", "must name its host in ASCII"),
        ("https://gateway..example", "must name its host in ASCII"),
        ("https://gateway.example\n", "must not contain spaces or line ends"),
        ("https://gate way.example", "must not contain spaces or line ends"),
    ],
)
def test_invalid_gateway_url_is_refused_without_its_secret(url: str, message: str) -> None:
    refused = refusal(gateway_url=url)
    assert refused.startswith("gateway_url: ")
    assert message in refused
    assert "secret" not in refused


@pytest.mark.parametrize("client_id", ["", "клиент", "a\r\nSignature: x", "a\tb"])
def test_client_id_that_cannot_be_a_header_is_refused(client_id: str) -> None:
    assert refusal(client_id=client_id) == "client_id: must be printable ASCII and not empty"


def test_client_id_with_a_space_is_refused() -> None:
    assert refusal(client_id="T 1") == "client_id: must not contain spaces"


def test_invalid_key_is_refused_with_its_field_and_number_only() -> None:
    secret = private_base64("merchant")
    assert refusal(merchant_private_key="") == "merchant_private_key: the key is empty"
    assert refusal(gateway_public_keys=()) == "gateway_public_keys: at least one key is required"
    swapped = refusal(gateway_public_keys=(public_pem("gateway"), secret))
    assert swapped == "gateway_public_keys: key 2: this is a private key, but a public key is required"
    swapped = refusal(merchant_private_key=public_base64("merchant"))
    assert swapped == "merchant_private_key: this is a public key, but a private key is required"


def test_repr_of_account_omits_private_key() -> None:
    assert private_base64("merchant") not in repr(account())
    assert CLIENT_ID in repr(account())


def test_account_error_is_an_antom_error_and_a_value_error() -> None:
    assert issubclass(AccountError, AntomError)
    assert issubclass(AccountError, ValueError)
