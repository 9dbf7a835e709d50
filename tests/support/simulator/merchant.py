"""A merchant for the simulator's tests: raw JSON, signed requests, verified answers, an inbox."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from holdfast.antom.endpoints import Operation, path_for
from holdfast.antom.signing import is_valid, sign
from simulator.keys import Keys

Json = dict[str, Any]
VISA = "4054695723100768"
DECLINED = "4054692760174822"
FRICTIONLESS = "4035501000000008"


def card(number: str = VISA, **more: object) -> Json:
    """Returns the card data of a server-to-server call."""
    return {"cardNo": number, "cvv": "123", "expiryMonth": "12", "expiryYear": "39", **more}


def pay_body(
    request_id: str = "pay-1",
    *,
    order: str = "order-1",
    amount: str = "30000",
    currency: str = "EUR",
    mode: str = "MANUAL",
    meta: Json | None = None,
    notify_url: str | None = None,
) -> Json:
    """Returns a pay request; `meta` is paymentMethodMetaData, without which the page asks for the card."""
    money = {"currency": currency, "value": amount}
    method: Json = {"paymentMethodType": "CARD", "paymentMethodMetaData": meta or {}}
    return {
        "productCode": "CASHIER_PAYMENT",
        "paymentRequestId": request_id,
        "order": {"referenceOrderId": order, "orderDescription": "Two <cups>", "orderAmount": money},
        "paymentAmount": money,
        "paymentMethod": method,
        "paymentFactor": {"isAuthorization": True, "captureMode": mode},
        "paymentRedirectUrl": "https://shop.example/back?order=1",
        "settlementStrategy": {"settlementCurrency": currency},
        "env": {"terminalType": "WEB", "clientIp": "192.0.2.7"},
        **({"paymentNotifyUrl": notify_url} if notify_url else {}),
    }


class Merchant:
    """Calls the simulator as a merchant; `ask` fails unless the answer is signed by the gateway."""

    def __init__(self, base_url: str, keys: Keys, http: httpx.AsyncClient) -> None:
        self.base_url = base_url
        self.keys = keys
        self.http = http

    def signed(self, path: str, content: bytes, **headers: str) -> dict[str, str]:
        """Returns the headers of a signed request; `headers` replace the default values."""
        now = headers.pop("now", str(int(time.time() * 1000)))
        client_id = headers.pop("client", self.keys.client_id)
        signature = sign(
            method="POST",
            path=path,
            client_id=client_id,
            time=now,
            body=content,
            private_key=self.keys.merchant_private_key,
        )
        signed = {"client-id": client_id, "request-time": now, "signature": signature}
        return {"content-type": "application/json; charset=UTF-8", **signed, **headers}

    async def post(self, path: str, content: bytes, **headers: str) -> httpx.Response:
        """Sends a signed POST and returns the raw answer."""
        return await self.http.post(
            self.base_url + path, content=content, headers=self.signed(path, content, **headers)
        )

    async def send(self, operation: Operation, body: Json) -> httpx.Response:
        """Sends a signed call and returns the raw answer."""
        return await self.post(path_for(operation, self.keys.client_id), json.dumps(body).encode())

    def trusts(self, answer: httpx.Response) -> bool:
        """Returns whether the gateway signed the answer over the called path."""
        return is_valid(
            answer.headers.get("signature"),
            method="POST",
            path=answer.request.url.path,
            client_id=answer.headers.get("client-id"),
            time=answer.headers.get("response-time"),
            body=answer.content,
            public_keys=[self.keys.gateway_public_key],
        )

    async def ask(self, operation: Operation, body: Json) -> Json:
        """Sends a signed call and returns the verified JSON of the answer."""
        answer = await self.send(operation, body)
        assert answer.status_code == 200
        assert self.trusts(answer)
        content: Json = answer.json()
        return content

    async def pay(self, request_id: str = "pay-1", **fields: Any) -> Json:
        """Pays with the body of `pay_body`, by default with a card that is accepted."""
        return await self.ask(Operation.PAY, pay_body(request_id, **{"meta": card(), **fields}))

    async def inquire(self, request_id: str = "pay-1") -> Json:
        """Inquires by paymentRequestId."""
        return await self.ask(Operation.INQUIRY_PAYMENT, {"paymentRequestId": request_id})

    async def capture(self, payment_id: str, request_id: str = "capture-1", **fields: Any) -> Json:
        """Captures EUR 300.00 unless `value` or `currency` is given."""
        money = {"currency": fields.pop("currency", "EUR"), "value": fields.pop("value", "30000")}
        body = {"captureRequestId": request_id, "paymentId": payment_id, "captureAmount": money, **fields}
        return await self.ask(Operation.CAPTURE, body)

    async def cancel(self, request_id: str = "pay-1") -> Json:
        """Cancels by paymentRequestId."""
        return await self.ask(Operation.CANCEL, {"paymentRequestId": request_id})


def code(answer: Json) -> str:
    """Returns `resultStatus resultCode` of an answer."""
    return f"{answer['result']['resultStatus']} {answer['result']['resultCode']}"


@dataclass
class Inbox:
    """Receives notifications, of which it rejects the first `refusals`."""

    keys: Keys
    url: str = ""
    refusals: int = 0
    trusted: list[Json] = field(default_factory=list)
    forged: list[Json] = field(default_factory=list)
    raw: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    async def receive(self, request: Request) -> Response:
        """Receives one notification, and acknowledges it where the gateway signed it."""
        content = await request.body()
        headers = dict(request.headers)
        self.raw.append((request.url.path, headers, content))
        genuine = self._is_genuine(request.url.path, headers, content)
        (self.trusted if genuine else self.forged).append(json.loads(content))
        if not genuine or self.refusals > 0:
            self.refusals -= genuine
            return Response(status_code=401 if not genuine else 503)
        result = {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "success"}
        return JSONResponse({"result": result})

    def _is_genuine(self, path: str, headers: dict[str, str], content: bytes) -> bool:
        return is_valid(
            headers.get("signature"),
            method="POST",
            path=path,
            client_id=headers.get("client-id"),
            time=headers.get("request-time"),
            body=content,
            public_keys=[self.keys.gateway_public_key],
        )

    def types(self) -> list[str]:
        """Returns the notifyTypes of the genuine notifications, in order of arrival."""
        return [each["notifyType"] for each in self.trusted]
