"""Where the gateway is and who we are: paths, and what is said about an account that cannot work."""

from typing import Any

import pytest

from holdfast.antom.account import GatewayAccount
from holdfast.antom.endpoints import Operation, path_for
from holdfast.antom.errors import AccountError, AntomError
from tests.support.antom.gateway import CLIENT_ID, account, private_text, public_pem, public_text

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
        "merchant_private_key": private_text("merchant"),
        "gateway_public_keys": (public_text("gateway"),),
    }
    with pytest.raises(AccountError) as caught:
        GatewayAccount(**(fields | changed))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


@pytest.mark.parametrize(("operation", "path"), PATHS.items())
def test_the_prefix_of_the_client_id_selects_the_sandbox(operation: Operation, path: str) -> None:
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
        "https://Gateway.example.",
        "http://127.9.9.9",
    ],
)
def test_https_anywhere_and_http_on_this_machine(url: str) -> None:
    assert account(gateway_url=url).gateway_url == url


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "must be an https URL with a host"),
        ("gateway.example", "must be an https URL with a host"),
        ("ftp://gateway.example", "must be an https URL with a host"),
        ("https://", "must be an https URL with a host"),
        ("http://gateway.example", "plain http is for loopback hosts alone"),
        ("http://10.0.0.1", "plain http is for loopback hosts alone"),
        ("http://localhost.example", "plain http is for loopback hosts alone"),
        ("http://0.0.0.0:80", "plain http is for loopback hosts alone"),
        ("https://user:secret@gateway.example", "must not hold a user or password"),
        ("https://gateway.example/ams/api/v1", "must end after the host and port"),
        ("https://gateway.example?a=1", "must end after the host and port"),
        ("https://gateway.example#a", "must end after the host and port"),
        ("https://gateway.example:99999", "is not a URL"),
        ("https://[gateway", "is not a URL"),
        ("https://ü..x", "must name its host in ASCII"),
        ("https://\u2460.com", "must name its host in ASCII"),
        ("https://xn--zzzz", "must name its host in ASCII"),
        ("https://gateway..example", "must name its host in ASCII"),
        ("https://gateway.example\n", "must not hold spaces or line ends"),
        ("https://gate way.example", "must not hold spaces or line ends"),
    ],
)
def test_a_url_that_cannot_work_is_refused(url: str, says: str) -> None:
    message = refusal(gateway_url=url)
    assert message.startswith("gateway_url: ")
    assert says in message
    assert "secret" not in message


@pytest.mark.parametrize("client_id", ["", "клиент", "a\r\nSignature: x", "a\tb"])
def test_a_client_id_that_is_no_header_is_refused(client_id: str) -> None:
    assert refusal(client_id=client_id) == "client_id: must be printable ASCII and not empty"


def test_a_client_id_with_a_space_is_refused() -> None:
    assert refusal(client_id="T 1") == "client_id: must not hold spaces"


def test_the_keys_are_refused_by_field_and_number_and_never_shown() -> None:
    secret = private_text("merchant")
    assert refusal(merchant_private_key="") == "merchant_private_key: the key is empty"
    assert refusal(gateway_public_keys=()) == "gateway_public_keys: at least one key is required"
    swapped = refusal(gateway_public_keys=(public_pem("gateway"), secret))
    assert swapped == "gateway_public_keys: key 2: this is a private key, but a public key is required"
    swapped = refusal(merchant_private_key=public_text("merchant"))
    assert swapped == "merchant_private_key: this is a public key, but a private key is required"


def test_the_private_key_is_in_no_repr() -> None:
    assert private_text("merchant") not in repr(account())
    assert CLIENT_ID in repr(account())


def test_an_account_error_is_one_of_this_packages_errors_and_a_value_error() -> None:
    assert issubclass(AccountError, AntomError)
    assert issubclass(AccountError, ValueError)
