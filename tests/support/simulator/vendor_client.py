"""Runs the vendor's own client in a separate Python: reads steps as JSON and writes the result of each.

`test_vendor_client.py` starts it. It imports nothing of this repository.
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


def connect_without_tls(port: int) -> None:
    """Replaces the client's connection, always HTTPS on port 443, by one to this port of the loopback."""
    rpc = import_module(f"{API}.net.default_http_rpc")

    def connection(url: str, timeout: float = 15) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    setattr(rpc, "__get_http_connection", connection)


def client_of(account: dict[str, Any]) -> Any:
    """Returns a client with the merchant's keys."""
    connect_without_tls(account["port"])
    client = import_module(f"{API}.default_alipay_client").DefaultAlipayClient
    return client(
        f"https://localhost:{account['port']}",
        account["clientId"],
        account["merchantPrivateKey"],
        account["gatewayPublicKey"],
    )


def call(client: Any, operation: str, fields: dict[str, Any], *, typed: bool) -> dict[str, Any]:
    """Makes one call with the client's request class; with `typed`, also parses by the response class."""
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


def verify(account: dict[str, Any], notification: dict[str, str]) -> dict[str, Any]:
    """Returns whether the client's webhook verifier accepts a notification."""
    check = import_module(f"{API}.tools.webhook_tool").check_signature
    names = ("path", "clientId", "time", "body", "signature")
    accepted = check("POST", *(notification[name] for name in names), account["gatewayPublicKey"])
    return {"accepted": accepted}


def run_step(account: dict[str, Any], client: Any, step: dict[str, Any]) -> dict[str, Any]:
    """Runs one step; an exception of the client is returned by its name."""
    try:
        if step["operation"] == "webhook":
            return verify(account, step["fields"])
        return call(client, step["operation"], step["fields"], typed=step.get("typed", True))
    except Exception as error:
        return {"error": type(error).__name__}


def main() -> None:
    """Runs all steps in order."""
    job = json.load(sys.stdin)
    client = client_of(job)
    json.dump([run_step(job, client, step) for step in job["steps"]], sys.stdout)


if __name__ == "__main__":
    main()
