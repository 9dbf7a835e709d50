"""The status of a payment as server-sent events: they end, and there are not too many."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import cast

import pytest
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException

from holdfast import Payment, PaymentClient, PaymentStatus, PaymentUnavailable
from tests.support.tools.payments import payment
from tools.shop.status_stream import StatusStreams

S = PaymentStatus


class ChangingPayment:
    """A payment that has one status after the other, and then keeps the last one or raises an error."""

    def __init__(self, *statuses: S, error: Exception | None = None) -> None:
        self._statuses = list(statuses)
        self._error = error

    async def get(self, _: str) -> Payment:
        return payment(self._statuses.pop(0))

    async def wait(
        self,
        _: str,
        *,
        until: set[S],
        timeout: timedelta,  # noqa: ASYNC109 - the parameter of PaymentClient
    ) -> Payment:
        if self._error and not self._statuses:
            raise self._error
        if not self._statuses:
            async with asyncio.timeout(timeout.total_seconds()):
                await asyncio.Event().wait()
        changed = payment(self._statuses.pop(0))
        assert changed.status in until
        return changed


def streams(changing: ChangingPayment, **limits: object) -> StatusStreams:
    return StatusStreams(cast(PaymentClient, changing), **limits)  # type: ignore[arg-type] # limits of either kind


async def events(of: StatusStreams) -> AsyncIterator[tuple[str | None, object]]:
    async for event in _sent(await of.follow("own-form")):
        yield event


async def _sent(response: EventSourceResponse) -> AsyncIterator[tuple[str | None, object]]:
    async for event in response.body_iterator:
        assert isinstance(event, ServerSentEvent)
        yield event.event, event.data


async def test_stream_has_each_status_and_ends_with_a_final_one() -> None:
    found = [each async for each in events(streams(ChangingPayment(S.PENDING, S.AUTHORIZED, S.CAPTURED)))]
    assert found == [
        ("status", "PENDING"),
        ("status", "AUTHORIZED"),
        ("status", "CAPTURED"),
        ("end", "final"),
    ]


async def test_stream_of_a_final_payment_ends_at_once() -> None:
    assert [each async for each in events(streams(ChangingPayment(S.EXPIRED)))] == [
        ("status", "EXPIRED"),
        ("end", "final"),
    ]


async def test_stream_ends_at_its_time_limit() -> None:
    limited = streams(ChangingPayment(S.PENDING), longest=timedelta(milliseconds=20))
    assert [each async for each in events(limited)] == [("status", "PENDING"), ("end", "limit")]


async def test_stream_ends_when_the_shop_ends() -> None:
    following = streams(ChangingPayment(S.PENDING))
    found = []
    async for each in events(following):
        found.append(each)
        following.close()
    assert found == [("status", "PENDING"), ("end", "limit")]


async def test_stream_says_in_words_that_there_is_no_answer() -> None:
    broken = ChangingPayment(S.PENDING, error=PaymentUnavailable("no answer in time"))
    assert [each async for each in events(streams(broken))] == [
        ("status", "PENDING"),
        ("problem", "We have no answer from the payment service"),
    ]


async def test_number_of_streams_is_limited_and_an_ended_one_makes_room() -> None:
    limited = streams(ChangingPayment(S.PENDING, S.CAPTURED, S.EXPIRED), most=1)
    first = events(limited)
    assert await anext(first) == ("status", "PENDING")
    with pytest.raises(HTTPException):
        await limited.follow("own-form")
    assert [each async for each in first] == [("status", "CAPTURED"), ("end", "final")]
    assert [each async for each in events(limited)] == [("status", "EXPIRED"), ("end", "final")]


async def test_streams_that_are_opened_at_the_same_moment_are_limited_too() -> None:
    limited = streams(ChangingPayment(S.PENDING, S.PENDING, S.CAPTURED), most=1)
    first, second = await limited.follow("own-form"), await limited.follow("own-form")
    following = _sent(first)
    assert await anext(following) == ("status", "PENDING")
    assert [each async for each in _sent(second)] == [("end", "limit")]
    assert [each async for each in following] == [("status", "CAPTURED"), ("end", "final")]
