"""The path of each operation below the gateway's base URL (Antom: API overview, versions in the path)."""

from enum import StrEnum

SANDBOX_PREFIX = "SANDBOX_"


class Operation(StrEnum):
    """One gateway operation; the value is its path below `/ams/api/v1`."""

    PAY = "/payments/pay"
    INQUIRY_PAYMENT = "/payments/inquiryPayment"
    CAPTURE = "/payments/capture"
    CANCEL = "/payments/cancel"
    NOTIFICATION_LIST = "/notification/inquireNotificationList"


def path_for(operation: Operation, client_id: str) -> str:
    """Returns the path that is both called and signed; a sandbox client id selects the sandbox path."""
    root = "/ams/sandbox/api/v1" if client_id.startswith(SANDBOX_PREFIX) else "/ams/api/v1"
    return root + operation.value
