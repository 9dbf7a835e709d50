"""The acknowledgement, after which the gateway does not send a notification again (Antom: notifications)."""

import json
from datetime import datetime

from starlette.responses import Response

from holdfast.antom.account import GatewayAccount
from holdfast.antom.signing import sign

BODY = json.dumps(
    {"result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "success"}},
    separators=(",", ":"),
).encode()


def acknowledgement(account: GatewayAccount, path: str, at: datetime) -> Response:
    """Returns the signed 200 response to a notification that Temporal has stored.

    The gateway's guide is inconsistent about whether the response must be signed. It is signed over the path
    of the request, as the gateway signs its own responses.

    Args:
        account: The merchant account of the notification.
        path: The path of the request.
        at: The time of the response.
    """
    time = at.isoformat(timespec="seconds")
    signature = sign(
        method="POST",
        path=path,
        client_id=account.client_id,
        time=time,
        body=BODY,
        private_key=account.merchant_private_key,
    )
    headers = {
        "Content-Type": "application/json; charset=UTF-8",
        "client-id": account.client_id,
        "response-time": time,
        "signature": signature,
    }
    return Response(BODY, headers=headers)
