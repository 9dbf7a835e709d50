"""The client that makes the five gateway calls; each call returns an outcome instead of a network exception.

The client verifies TLS certificates, follows no redirects, ignores the environment's proxies, and limits
every wait. Only a request that cannot have left this machine counts as not sent.
"""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self, TypeVar

import httpx

from holdfast.antom.accepted_answers import AcceptedAnswers, utc_now
from holdfast.antom.account import GatewayAccount
from holdfast.antom.base import RequestModel
from holdfast.antom.call_limiter import CallLimiter, LimitExceeded
from holdfast.antom.endpoints import Operation, path_for
from holdfast.antom.models.cancel import CancelRequest, CancelResponse
from holdfast.antom.models.capture import CaptureResponse, GatewayCaptureRequest
from holdfast.antom.models.inquiry import InquiryPaymentRequest, InquiryPaymentResponse
from holdfast.antom.models.notification_list import NotificationListRequest, NotificationListResponse
from holdfast.antom.models.pay import PayRequest, PayResponse
from holdfast.antom.models.result import ResultModel
from holdfast.antom.outcome import DidNotHappen, Outcome, Unknown
from holdfast.antom.response import RawResponse, verify_response
from holdfast.antom.signing import sign

R = TypeVar("R", bound=ResultModel)

MAX_RESPONSE_BYTES = 1024 * 1024
"""The largest response body that is read; a larger one leaves the outcome unknown."""

_LIMIT_EXCEEDED_DELAY = timedelta(seconds=20)
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_MAYBE_SENT = (httpx.HTTPError, httpx.StreamError, OSError)


@dataclass(frozen=True)
class Timeouts:
    """The longest waits of a call, in seconds.

    Antom advises at least 10 s for a response (Antom: best practice).

    Attributes:
        limiter: Until the account's call limits allow the call.
        connect: Until the connection is established.
        read: Until the next bytes of the response arrive.
        write: Until the next bytes of the request are sent.
        pool: Until a connection of the pool is free.
        total: For the whole exchange once the call limits have allowed it.
    """

    limiter: float = 20.0
    connect: float = 5.0
    read: float = 15.0
    write: float = 10.0
    pool: float = 5.0
    total: float = 40.0


DEFAULT_TIMEOUTS = Timeouts()


class AntomClient:
    """Makes calls for one account, within its limits. Use as `async with AntomClient(account) as client`.

    A call can be cancelled as usual; its outcome is then unknown. The HTTP exchange of a cancelled call
    continues until it is complete or its total timeout has passed.

    Args:
        account: The merchant's account.
        timeouts: The longest waits of a call.
        accepted: The answers that have counted in this process; by default those of this client alone.
        transport: Replaces the network in tests.
    """

    def __init__(
        self,
        account: GatewayAccount,
        *,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        accepted: AcceptedAnswers | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.account = account
        self._accepted = AcceptedAnswers() if accepted is None else accepted
        self._limiter = CallLimiter(account.limits)
        self._limiter_timeout, self._total_timeout = timeouts.limiter, timeouts.total
        self._exchanges: set[asyncio.Task[RawResponse | Unknown]] = set()
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

    def update_account(self, account: GatewayAccount) -> None:
        """Uses these keys and limits for each further call.

        Calls in flight keep the account they started with, except that their responses are verified with the
        gateway keys that are current when they arrive.
        """
        if account.limits != self.account.limits:
            self._limiter = CallLimiter(account.limits)
        self.account = account

    async def aclose(self) -> None:
        """Cancels the exchanges in flight and closes the connections; the client cannot be used again."""
        for exchange in self._exchanges:
            exchange.cancel()
        await asyncio.gather(*self._exchanges, return_exceptions=True)
        await self._http.aclose()

    async def pay(self, request: PayRequest) -> Outcome[PayResponse]:
        """Authorizes a payment (Antom: pay)."""
        return await self._call(Operation.PAY, request, PayResponse)

    async def inquire_payment(self, request: InquiryPaymentRequest) -> Outcome[InquiryPaymentResponse]:
        """Inquires about a payment and its captures (Antom: inquiryPayment)."""
        return await self._call(Operation.INQUIRY_PAYMENT, request, InquiryPaymentResponse)

    async def capture(self, request: GatewayCaptureRequest) -> Outcome[CaptureResponse]:
        """Captures an authorization (Antom: capture)."""
        return await self._call(Operation.CAPTURE, request, CaptureResponse)

    async def cancel(self, request: CancelRequest) -> Outcome[CancelResponse]:
        """Voids an authorization that has not been captured (Antom: cancel)."""
        return await self._call(Operation.CANCEL, request, CancelResponse)

    async def list_notifications(self, request: NotificationListRequest) -> Outcome[NotificationListResponse]:
        """Lists the notifications that the gateway has sent (Antom: inquireNotificationList)."""
        return await self._call(Operation.NOTIFICATION_LIST, request, NotificationListResponse)

    async def _call(self, operation: Operation, request: RequestModel, model: type[R]) -> Outcome[R]:
        limiter = self._limiter
        try:
            await limiter.acquire(self._limiter_timeout)
        except LimitExceeded as error:
            return DidNotHappen(str(error), retry_after=_LIMIT_EXCEEDED_DELAY)
        account = self.account
        try:
            raw = await self._shielded(account, path_for(operation, account.client_id), request, limiter)
        except _NOT_SENT as error:
            return DidNotHappen(f"not sent: {type(error).__name__}")
        except _MAYBE_SENT as error:
            return Unknown(f"no response: {type(error).__name__}")
        if isinstance(raw, Unknown):
            return raw
        return verify_response(
            raw,
            request,
            model,
            client_id=account.client_id,
            public_keys=self.account.gateway_public_keys,
            accepted=self._accepted,
        )

    async def _shielded(
        self, account: GatewayAccount, path: str, request: RequestModel, limiter: CallLimiter
    ) -> RawResponse | Unknown:
        """Runs the exchange in a task that a cancellation of the call does not reach.

        httpcore (1.0) loses a connection of its pool when a cancellation interrupts the closing of that
        connection. After 100 such losses the pool has no connection left for any call.
        """
        exchange = asyncio.create_task(self._with_total_timeout(account, path, request))
        exchange.add_done_callback(lambda _: limiter.release())
        self._exchanges.add(exchange)
        exchange.add_done_callback(self._exchanges.discard)
        return await asyncio.shield(exchange)

    async def _with_total_timeout(
        self, account: GatewayAccount, path: str, request: RequestModel
    ) -> RawResponse | Unknown:
        async with asyncio.timeout(self._total_timeout):
            now = utc_now()
            return await self._exchange(self._signed(account, path, request, now), path, now)

    def _signed(
        self, account: GatewayAccount, path: str, request: RequestModel, now: datetime
    ) -> httpx.Request:
        """Returns the signed HTTP request.

        Its repr does not show the body, and no frame that waits has the body in a local variable, because
        error trackers can record the local variables of a failure.
        """
        body = request.model_dump_json(exclude_none=True).encode()
        url = account.gateway_url.rstrip("/") + path
        headers = _headers(account, path, body, now)
        return self._http.build_request("POST", url, content=body, headers=headers)

    async def _exchange(
        self, signed: httpx.Request, path: str, requested_at: datetime
    ) -> RawResponse | Unknown:
        async with aclosing(await self._http.send(signed, stream=True)) as response:
            if response.status_code != httpx.codes.OK:
                return Unknown(f"HTTP status {response.status_code}")
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                return Unknown("unreadable response: compressed, although an uncompressed one was requested")
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_RESPONSE_BYTES:
                    return Unknown(f"unreadable response: more than {MAX_RESPONSE_BYTES} bytes")
            headers = {name.lower(): value for name, value in response.headers.items()}
            return RawResponse(path=path, headers=headers, body=bytes(body), requested_at=requested_at)


def _headers(account: GatewayAccount, path: str, body: bytes, now: datetime) -> dict[str, str]:
    time = str(int(now.timestamp() * 1000))
    signature = sign(
        method="POST",
        path=path,
        client_id=account.client_id,
        time=time,
        body=body,
        private_key=account.merchant_private_key,
    )
    return {
        "Content-Type": "application/json; charset=UTF-8",
        "Accept-Encoding": "identity",
        "Client-Id": account.client_id,
        "Request-Time": time,
        "Signature": signature,
    }
