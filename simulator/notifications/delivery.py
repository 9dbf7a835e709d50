"""Sends notifications over HTTP, and records each send."""

import json

import httpx

from simulator.clock import Clock
from simulator.notifications.message import Message
from simulator.notifications.notification import Attempt, Notification
from simulator.recording.exchanges import Exchange, Exchanges

ANSWER_TIMEOUT = 10.0
"""Seconds."""


class Delivery:
    """A client of the merchant's webhooks, with the record of what it sent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._exchanges = Exchanges()
        self._client: httpx.AsyncClient | None = None

    async def send(
        self,
        notification: Notification,
        message: Message,
        *,
        forgery: str | None = None,
        is_resend: bool = False,
    ) -> Attempt:
        """Sends a message once, and returns the attempt, which is listed with the notification."""
        exchange = Exchange.begin("POST", message.path, message.headers, message.content)
        attempt = Attempt(self._clock.now(), exchange, forgery, is_resend)
        notification.attempts.append(attempt)
        try:
            answer = await self._http().post(
                message.url, content=message.content, headers=dict(message.headers)
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            attempt.answer = type(error).__name__
            exchange.end(error=attempt.answer)
        else:
            attempt.answer, attempt.acknowledged = answer.status_code, _acknowledges(answer)
            exchange.end(answer.status_code, answer.headers, answer.content)
        self._exchanges.add(exchange)
        return attempt

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=ANSWER_TIMEOUT, trust_env=False)
        return self._client

    async def close(self) -> None:
        """Closes the connections; the next notification opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


def _acknowledges(answer: httpx.Response) -> bool:
    """Returns whether the answer is HTTP 200 with result SUCCESS, S (Antom); others are sent again."""
    try:
        result = json.loads(answer.content)["result"]
        received = result["resultCode"], result["resultStatus"]
    except (ValueError, KeyError, TypeError):
        return False
    return answer.status_code == 200 and received == ("SUCCESS", "S")
