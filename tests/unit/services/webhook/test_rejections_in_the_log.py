"""The line about a rejected notification names account and path, and nothing else of the request."""

import pytest

from tests.support.services.notification_sender import NOTIFY_PATH, Sender, notify_path, payment_result

CARD = "4054695723100768"


async def rejected(gateway: Sender, path: str, caplog: pytest.LogCaptureFixture) -> str:
    """Returns the line about an unsigned notification that is sent to this path."""
    caplog.clear()
    headers = {"client-id": CARD, "signature": CARD}
    answer = await gateway.http.post(path, content=payment_result("ORDER_1-1"), headers=headers)
    assert answer.status_code == 401
    [line] = [record.getMessage() for record in caplog.records if record.name == "holdfast.webhook"]
    return line


@pytest.mark.parametrize("reference", ["ORDER_1", None])
async def test_rejection_names_account_path_and_reason(
    gateway: Sender, caplog: pytest.LogCaptureFixture, reference: str | None
) -> None:
    path = notify_path(reference)
    line = await rejected(gateway, path, caplog)
    assert line == (
        f"rejected a notification for account default at {path}: client id, request time, signature"
    )


@pytest.mark.parametrize("reference", ["A?secret", "A%20secret", "x" * 49, "a/b", CARD, f"A-{CARD}"])
async def test_path_that_can_be_no_payments_is_not_repeated(
    gateway: Sender, caplog: pytest.LogCaptureFixture, reference: str
) -> None:
    line = await rejected(gateway, notify_path(reference), caplog)
    assert "for account default, at a path without a payment reference: " in line
    assert reference not in line


async def test_unknown_account_is_not_repeated(gateway: Sender, caplog: pytest.LogCaptureFixture) -> None:
    line = await rejected(gateway, f"{NOTIFY_PATH}/another-shop/ORDER_1", caplog)
    assert line.startswith("rejected a notification for an unknown account: ")
    assert "another-shop" not in line
