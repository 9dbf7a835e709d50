"""The vendor's own client, run by a Python of its own: reads steps as JSON, writes what came of each.

Not a test: `test_vendor_client.py` starts it. Nothing of this repository is imported here.
"""

import http.client
import json
import sys
from importlib import import_module
from typing import Any

API = "com.alipay.ams.api"
REQUESTS = {
    "pay": ("pay.alipay_pay_request", "AlipayPayRequest"),
    "inquiryPayment": ("pay.alipay_pay_query_request", "AlipayPayQueryRequest"),
    "capture": ("pay.alipay_capture_request", "AlipayCaptureRequest"),
    "cancel": ("pay.alipay_pay_cancel_request", "AlipayPayCancelRequest"),
    "inquireNotificationList": (
        "notification.alipay_inquire_notification_list_request",
        "AlipayInquireNotificationListRequest",
    ),
}
RESPONSES = {
    "pay": ("pay.alipay_pay_response", "AlipayPayResponse"),
    "inquiryPayment": ("pay.alipay_pay_query_response", "AlipayPayQueryResponse"),
    "capture": ("pay.alipay_capture_response", "AlipayCaptureResponse"),
    "cancel": ("pay.alipay_pay_cancel_response", "AlipayPayCancelResponse"),
    "inquireNotificationList": (
        "notification.alipay_inquire_notification_list_response",
        "AlipayInquireNotificationListResponse",
    ),
}


def connect_in_plain(port: int) -> None:
    """The client knows HTTPS on port 443 alone: its connection is replaced by one to the loopback."""
    rpc = import_module(f"{API}.net.default_http_rpc")

    def connection(url: str, timeout: float = 15) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    setattr(rpc, "__get_http_connection", connection)


def client_of(account: dict[str, Any]) -> Any:
    """A client with the merchant's keys."""
    connect_in_plain(account["port"])
    client = import_module(f"{API}.default_alipay_client").DefaultAlipayClient
    return client(
        f"https://localhost:{account['port']}",
        account["clientId"],
        account["merchantPrivateKey"],
        account["gatewayPublicKey"],
    )


def called(client: Any, operation: str, fields: dict[str, Any], *, typed: bool) -> dict[str, Any]:
    """One call with the client's request class; `typed` reads the answer with its response class too."""
    module, name = REQUESTS[operation]
    request = getattr(import_module(f"{API}.request.{module}"), name)()
    request.parse_rsp_body(fields)
    raw = client.execute(request)
    answer: dict[str, Any] = json.loads(raw)
    if typed:
        module, name = RESPONSES[operation]
        response = getattr(import_module(f"{API}.response.{module}"), name)(raw)
        answer["typedStatus"] = response.result.result_status.value
        answer["typedEvents"] = [
            event.notification_data for event in getattr(response, "notifications", None) or []
        ]
    return answer


def checked(account: dict[str, Any], notice: dict[str, str]) -> dict[str, Any]:
    """What the client's webhook verifier says of a notification, and its type when it is accepted."""
    check = import_module(f"{API}.tools.webhook_tool").check_signature
    names = ("path", "clientId", "time", "body", "signature")
    accepted = check("POST", *(notice[name] for name in names), account["gatewayPublicKey"])
    return {"accepted": accepted}


def done(account: dict[str, Any], client: Any, step: dict[str, Any]) -> dict[str, Any]:
    """One step; an exception of the client's becomes its name."""
    try:
        if step["operation"] == "webhook":
            return checked(account, step["fields"])
        return called(client, step["operation"], step["fields"], typed=step.get("typed", True))
    except Exception as error:
        return {"error": type(error).__name__}


def main() -> None:
    """All steps in order."""
    order = json.load(sys.stdin)
    client = client_of(order)
    json.dump([done(order, client, step) for step in order["steps"]], sys.stdout)


if __name__ == "__main__":
    main()
