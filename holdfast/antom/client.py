"""The five calls to the gateway. Each ends as an outcome, never as an exception of the network.

TLS is verified, redirects are not followed, the environment's proxies are not used, and every wait has an
end. Only a request that cannot have left this machine counts as not sent.
"""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self, TypeVar

import httpx

from holdfast.antom.account import GatewayAccount
from holdfast.antom.base import Sent
from holdfast.antom.call_limiter import CallLimiter, LimitExceeded
from holdfast.antom.endpoints import Operation, path_for
from holdfast.antom.models.cancel import CancelRequest, CancelResponse
from holdfast.antom.models.capture import CaptureResponse, GatewayCaptureRequest
from holdfast.antom.models.inquiry import InquiryPaymentRequest, InquiryPaymentResponse
from holdfast.antom.models.notification_list import NotificationListRequest, NotificationListResponse
from holdfast.antom.models.pay import PayRequest, PayResponse
from holdfast.antom.models.result import Answer
from holdfast.antom.outcome import DidNotHappen, Outcome, Unknown
from holdfast.antom.response import RawAnswer, judge
from holdfast.antom.signing import sign

A = TypeVar("A", bound=Answer)

LARGEST_ANSWER = 1024 * 1024
"""Bytes of an answer that are read at most."""

_NO_TURN_PAUSE = timedelta(seconds=20)
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_MAYBE_SENT = (httpx.HTTPError, httpx.StreamError, OSError)


@dataclass(frozen=True)
class Timeouts:
    """Seconds to wait at most: for a turn, per phase, and `total` for the whole call once it is its turn.

    Antom advises at least 10 for an answer (Antom: best practice).
    """

    turn: float = 20.0
    connect: float = 5.0
    read: float = 15.0
    write: float = 10.0
    pool: float = 5.0
    total: float = 40.0


DEFAULT_TIMEOUTS = Timeouts()


class AntomClient:
    """Speaks for one account, within its limits. Use as `async with AntomClient(account) as client`.

    Cancelling a call passes through as usual: what became of it is then unknown. What is on its way goes on,
    until it is answered or its time is up.
    """

    def __init__(
        self,
        account: GatewayAccount,
        *,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.account = account
        self._turns = CallLimiter(account.limits)
        self._turn_within, self._total = timeouts.turn, timeouts.total
        self._exchanges: set[asyncio.Task[RawAnswer | Unknown]] = set()
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(
                connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool
            ),
            transport=transport,
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def adopt(self, account: GatewayAccount) -> None:
        """Speak with these keys and limits from now on. Calls on their way end as they began, and their
        answers may be signed with any gateway key that counts when they come.
        """
        if account.limits != self.account.limits:
            self._turns = CallLimiter(account.limits)
        self.account = account

    async def aclose(self) -> None:
        """Break off what is on its way and close the connections; the client cannot be used afterwards."""
        for exchange in self._exchanges:
            exchange.cancel()
        await asyncio.gather(*self._exchanges, return_exceptions=True)
        await self._http.aclose()

    async def pay(self, request: PayRequest) -> Outcome[PayResponse]:
        """Authorize (Antom: pay)."""
        return await self._call(Operation.PAY, request, PayResponse)

    async def inquire_payment(self, request: InquiryPaymentRequest) -> Outcome[InquiryPaymentResponse]:
        """Ask for a payment and its captures (Antom: inquiryPayment)."""
        return await self._call(Operation.INQUIRY_PAYMENT, request, InquiryPaymentResponse)

    async def capture(self, request: GatewayCaptureRequest) -> Outcome[CaptureResponse]:
        """Take the money of an authorization (Antom: capture)."""
        return await self._call(Operation.CAPTURE, request, CaptureResponse)

    async def cancel(self, request: CancelRequest) -> Outcome[CancelResponse]:
        """Void an authorization that was not captured (Antom: cancel)."""
        return await self._call(Operation.CANCEL, request, CancelResponse)

    async def list_notifications(self, request: NotificationListRequest) -> Outcome[NotificationListResponse]:
        """Ask for what the gateway has notified (Antom: inquireNotificationList)."""
        return await self._call(Operation.NOTIFICATION_LIST, request, NotificationListResponse)

    async def _call(self, operation: Operation, request: Sent, model: type[A]) -> Outcome[A]:
        turns = self._turns
        try:
            await turns.take(self._turn_within)
        except LimitExceeded as error:
            return DidNotHappen(str(error), again_in=_NO_TURN_PAUSE)
        account = self.account
        try:
            raw = await self._undisturbed(account, path_for(operation, account.client_id), request, turns)
        except _NOT_SENT as error:
            return DidNotHappen(f"not sent: {type(error).__name__}")
        except _MAYBE_SENT as error:
            return Unknown(f"no answer: {type(error).__name__}")
        if isinstance(raw, Unknown):
            return raw
        return judge(
            raw,
            request,
            model,
            client_id=account.client_id,
            public_keys=self.account.gateway_public_keys,
        )

    async def _undisturbed(
        self, account: GatewayAccount, path: str, request: Sent, turns: CallLimiter
    ) -> RawAnswer | Unknown:
        """The exchange, out of reach of a cancellation of the call.

        httpcore (1.0) never gets a connection back that a cancellation has met while it was being closed. A
        hundred of them, and its pool gives no connection to any call any more.
        """
        exchange = asyncio.create_task(self._in_time(account, path, request))
        exchange.add_done_callback(lambda _: turns.give_back())
        self._exchanges.add(exchange)
        exchange.add_done_callback(self._exchanges.discard)
        return await asyncio.shield(exchange)

    async def _in_time(self, account: GatewayAccount, path: str, request: Sent) -> RawAnswer | Unknown:
        async with asyncio.timeout(self._total):
            return await self._exchange(self._signed(account, path, request), path)

    def _signed(self, account: GatewayAccount, path: str, request: Sent) -> httpx.Request:
        """The request as it travels. Its repr shows no body, and no frame that waits holds the body itself:
        some tools write the locals of a failure down.
        """
        body = request.model_dump_json(exclude_none=True).encode()
        url = account.gateway_url.rstrip("/") + path
        return self._http.build_request("POST", url, content=body, headers=_headers(account, path, body))

    async def _exchange(self, signed: httpx.Request, path: str) -> RawAnswer | Unknown:
        async with aclosing(await self._http.send(signed, stream=True)) as response:
            if response.status_code != httpx.codes.OK:
                return Unknown(f"HTTP status {response.status_code}")
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                return Unknown("unreadable answer: compressed though we asked for it plain")
            answer = bytearray()
            async for chunk in response.aiter_bytes():
                answer += chunk
                if len(answer) > LARGEST_ANSWER:
                    return Unknown(f"unreadable answer: more than {LARGEST_ANSWER} bytes")
            named = {name.lower(): value for name, value in response.headers.items()}
            return RawAnswer(path=path, headers=named, body=bytes(answer))


def _headers(account: GatewayAccount, path: str, body: bytes) -> dict[str, str]:
    now = str(time.time_ns() // 1_000_000)
    signature = sign(
        method="POST",
        path=path,
        client_id=account.client_id,
        time=now,
        body=body,
        private_key=account.merchant_private_key,
    )
    return {
        "Content-Type": "application/json; charset=UTF-8",
        "Accept-Encoding": "identity",
        "Client-Id": account.client_id,
        "Request-Time": now,
        "Signature": signature,
    }
