"""The memory of recorded exchanges is bounded in number and in characters."""

from simulator.recording.exchanges import MAX_EXCHANGES, Exchange, Exchanges


def ended(body: bytes = b"{}") -> Exchange:
    """Returns an exchange with this request body."""
    exchange = Exchange.begin("POST", "/pay", {"Client-Id": "C", "Request-Time": "1"}, body)
    exchange.end(200, {"Response-Time": "2"}, b"[]")
    return exchange


def test_newest_exchanges_are_kept() -> None:
    ring, exchanges = Exchanges(), [ended() for _ in range(MAX_EXCHANGES + 2)]
    for exchange in exchanges:
        ring.add(exchange)
    assert [exchange.is_kept for exchange in exchanges] == [False, False, *[True] * MAX_EXCHANGES]
    assert exchanges[0].wire() is None
    assert (exchanges[0].request_body, exchanges[0].request_headers) == ("", {})
    assert exchanges[0].status == 200


def test_characters_of_exchanges_are_limited() -> None:
    ring, exchanges = Exchanges(characters=25), [ended(b'"123456"') for _ in range(3)]
    for exchange in exchanges:
        ring.add(exchange)
    assert [exchange.is_kept for exchange in exchanges] == [False, True, True]


def test_string_to_verify_is_method_path_client_time_and_body() -> None:
    assert ended(b'{"a":1}').string_to_verify == 'POST /pay\nC.1.{"a":1}'
