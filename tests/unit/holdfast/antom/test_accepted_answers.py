"""An answer counts once, and only at the time of its request (Antom: digital signature)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.antom.accepted_answers import LONGEST_EXCHANGE, AcceptedAnswers
from holdfast.antom.client import DEFAULT_TIMEOUTS, AntomClient
from holdfast.antom.outcome import Happened, Unknown
from tests.support.antom.calls import CALLS, SUCCESS, json_body
from tests.support.antom.gateway import CLIENT_ID, Reply, StubGateway, account, signed_response

SKEW = timedelta(seconds=300)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
USED = "response with a signature that was used before"


class _Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _answering(*times: datetime) -> Reply:
    """Returns a reply with equal bodies, with one of these times after the other."""
    remaining = iter(times)
    return lambda request: signed_response(request.url.path, json_body(SUCCESS), time=_iso(next(remaining)))


async def _outcomes(call: str, *times: datetime) -> Sequence[object]:
    async with AntomClient(account(), transport=StubGateway(_answering(*times))) as client:
        return [await CALLS[call](client) for _ in times]


@pytest.mark.parametrize("call", CALLS)
async def test_answer_that_was_used_before_is_unknown_and_asked_again_in_the_next_second(call: str) -> None:
    now = datetime.now(UTC)
    first, second, third = await _outcomes(call, now, now, now + SECOND)
    assert isinstance(first, Happened)
    assert isinstance(second, Unknown)
    assert (second.reason, second.claimed_code) == (USED, "SUCCESS")
    assert second.retry_after is not None
    assert SECOND <= second.retry_after <= 3 * SECOND
    assert isinstance(third, Happened)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("minutes", [-60, -6, 6, 60])
async def test_answer_of_another_time_is_unknown(call: str, minutes: int) -> None:
    [outcome] = await _outcomes(call, datetime.now(UTC) + timedelta(minutes=minutes))
    assert isinstance(outcome, Unknown)
    assert outcome.reason.startswith("response-time is ")
    assert outcome.claimed_code == "SUCCESS"


@pytest.mark.parametrize("time", ["yesterday", "2026-11-30T12:00:00", "", "9" * 400])
def test_answer_with_an_unreadable_time_is_unknown(time: str) -> None:
    assert AcceptedAnswers().accept(b"digest", time, NOW) == Unknown(
        "response with an unreadable response-time"
    )


@pytest.mark.parametrize(
    ("answered", "counts"),
    [
        (NOW - 20 * SECOND - SKEW, True),
        (NOW - 21 * SECOND - SKEW, False),
        (NOW + SKEW, True),
        (NOW + SKEW + SECOND, False),
    ],
)
def test_answer_counts_from_the_request_until_now_with_the_skew(answered: datetime, counts: bool) -> None:
    accepted = AcceptedAnswers(SKEW, _Clock())
    refused = accepted.accept(b"digest", _iso(answered), requested_at=NOW - 20 * SECOND)
    assert (refused is None) is counts


def test_refusal_says_how_far_the_clocks_are_apart() -> None:
    accepted = AcceptedAnswers(SKEW, _Clock())
    late = accepted.accept(b"digest", _iso(NOW + 2 * SKEW), requested_at=NOW)
    early = accepted.accept(b"digest", _iso(NOW - 3 * SKEW), requested_at=NOW)
    assert late == Unknown("response-time is 600 s after now, and 300 s are allowed")
    assert early == Unknown("response-time is 900 s before the request, and 300 s are allowed")


def test_time_is_read_in_both_of_the_gateway_formats() -> None:
    accepted = AcceptedAnswers(SKEW, _Clock())
    milliseconds = str(int(NOW.timestamp() * 1000))
    assert accepted.accept(b"1", "2026-11-30T20:00:00+08:00", NOW) is None
    assert accepted.accept(b"2", milliseconds, NOW) is None


def test_refused_answer_is_not_used() -> None:
    clock = _Clock()
    accepted = AcceptedAnswers(SKEW, clock)
    ahead = _iso(NOW + SKEW + SECOND)
    assert accepted.accept(b"digest", ahead, NOW) is not None
    clock.now += SECOND
    assert accepted.accept(b"digest", ahead, NOW) is None


_Exchange = tuple[int, int, int, int]
_exchanges = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 120), st.integers(-400, 400), st.integers(0, 5)),
    max_size=60,
)


@given(_exchanges)
def test_no_answer_counts_twice_and_the_memory_is_limited(exchanges: list[_Exchange]) -> None:
    """Each exchange: seconds since the last one, its duration, the answer's time, and its content."""
    clock = _Clock()
    accepted, counted = AcceptedAnswers(SKEW, clock), set()
    for since, duration, offset, content in exchanges:
        clock.now += timedelta(seconds=since)
        time, requested_at = clock.now + timedelta(seconds=offset), clock.now - timedelta(seconds=duration)
        digest = f"{time} {content}".encode()
        if accepted.accept(digest, _iso(time), requested_at) is None:
            assert digest not in counted
            assert requested_at - SKEW <= time <= clock.now + SKEW
            counted.add(digest)
        else:
            is_in_time = requested_at - SKEW <= time <= clock.now + SKEW
            assert digest in counted or not is_in_time
    clock.now += 2 * SKEW + LONGEST_EXCHANGE + SECOND
    assert accepted.accept(b"last", _iso(clock.now), clock.now) is None
    assert len(accepted) == 1


def test_no_call_lasts_longer_than_an_answer_is_kept_for_it() -> None:
    assert timedelta(seconds=DEFAULT_TIMEOUTS.total) < LONGEST_EXCHANGE


async def test_clients_of_one_process_share_the_answers_of_a_client_id_and_no_others() -> None:
    """Two clients have the same client id, and the third has its own."""
    shared, now = AcceptedAnswers(), datetime.now(UTC)

    def reply(request: httpx.Request) -> httpx.Response:
        client_id = request.headers["client-id"]
        body = json_body(SUCCESS)
        return signed_response(request.url.path, body, client_id=client_id, time=_iso(now))

    outcomes = []
    for client_id in (CLIENT_ID, CLIENT_ID, "TEST_other"):
        gateway = StubGateway(reply)
        async with AntomClient(account(client_id), accepted=shared, transport=gateway) as client:
            outcomes.append(type(await CALLS["pay"](client)))
    assert outcomes == [Happened, Unknown, Happened]
