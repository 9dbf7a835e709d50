"""The answer that stops the gateway from sending a notification again (Antom: notifications)."""

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
    """200 for a notification that Temporal has. It says nothing about the payment.

    The gateway's pages disagree whether the answer must be signed, so it is: over the path that was called,
    as the gateway signs its own answers.
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
