"""Unauthenticated requests: like a notification, and wrong in any part of it."""

import asyncio
import json
from base64 import b64encode

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.services.notification_sender import CLIENT_ID, NOTIFY_PATH, payment_result
from tests.system.hostile.target import (
    TIME,
    CountingTemporal,
    Request,
    ResponseCounts,
    other_key,
    signed,
    status_of,
    target,
)

REFUSED = frozenset({401, 404, 405, 408, 413})
_FORGED = signed("ORDER_A", other_key())
_FIELDS = json.loads(payment_result("ORDER_A-1"))

_numbers = st.integers() | st.floats() | st.sampled_from([2**63, -(10**400), 1e308])
_texts = st.text(max_size=20) | st.sampled_from(
    ["\0", "\ud800", "' OR 1=1 --", "${jndi:x}", "../", "x" * 9000]
)
_values = st.recursive(
    st.none() | st.booleans() | _numbers | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_notifications = st.dictionaries(st.sampled_from(sorted(_FIELDS)) | st.text(max_size=9), _values).map(
    lambda changes: json.dumps({**_FIELDS, **changes}).encode()
)
_bodies = st.one_of(
    _notifications,
    st.binary(max_size=300),
    st.integers(1, 5000).map(lambda depth: b"[" * depth + b"]" * depth),
    st.integers(1, 400).map(lambda size: b'{"notifyType":"' + b"x" * size * 256 + b'"}'),
    st.sampled_from([b"", b"{", b"\xef\xbb\xbf{}", b"\xff\xfe", b'{"a":1}{"a":2}', b"9" * 6000]),
)
_ids = st.sampled_from([CLIENT_ID.encode(), b"", b"\xff\xfe", b"5X00000000000002"]) | st.binary(max_size=80)
_times = st.one_of(
    st.sampled_from([TIME, "0", "-1", "9" * 5000, "\u00b2", "0001-01-01T00:00:00+23:59", "NaN", "1e9"]),
    st.integers().map(str),
    st.datetimes().map(str),
    st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
    st.text(max_size=40),
).map(lambda text: text.encode("utf-8", "replace"))
_raw_signatures = st.sampled_from([bytes(256), b"\xff" * 256, b"", bytes(512)]) | st.binary(max_size=300)
_algorithms = st.sampled_from([b"RSA256", b"none", b"HS256", b"", b"RSA256,algorithm=RSA256"])
_signatures = st.one_of(
    st.just(_FORGED.headers[2][1]),
    st.tuples(_algorithms, _raw_signatures).map(
        lambda parts: b"algorithm=%s,keyVersion=1,signature=%s" % (parts[0], b64encode(parts[1]))
    ),
    st.binary(max_size=600),
    st.integers(1, 9000).map(lambda size: b"signature=" + b"," * size),
)
_oddities = st.lists(
    st.sampled_from(
        [
            (b"content-length", b"-1"),
            (b"content-length", b"99999999999999999999"),
            (b"content-length", b"70000"),
            (b"content-length", "\u0663".encode()),
            (b"content-length", b"0, 5"),
            (b"transfer-encoding", b"chunked, identity"),
            (b"content-encoding", b"gzip"),
            (b"content-type", b"multipart/form-data; boundary=x"),
            (b"expect", b"200-ok"),
            (b"x-forwarded-for", b"127.0.0.1"),
            (b"x-http-method-override", b"DELETE"),
            (b"client-id", CLIENT_ID.encode()),
            (b"signature", b"algorithm=RSA256,keyVersion=1,signature="),
        ]
    ),
    max_size=3,
)
_ends = st.one_of(
    st.sampled_from(["default/ORDER_A", "default", "shop-two", "unknown/ORDER_A", "", "default/%00"]),
    st.sampled_from(["default/%ff", "default/..", "default/a%2Fb", "default//", "default/ORDER_A?x=1", "?"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60),
    st.integers(1, 3000).map(lambda size: "default/" + "x" * size),
)
_targets = _ends.map(lambda end: f"{NOTIFY_PATH}/{end}".encode()) | st.sampled_from(
    [b"/", b"*", b"//", b"/%"]
)
_methods = st.sampled_from(["POST"] * 9 + ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW"])


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Most parts are right, so that every check is reached."""
    headers = [
        (name, draw(st.just(right) | wrong))
        for (name, right), wrong in zip(_FORGED.headers, (_ids, _times, _signatures), strict=True)
        if draw(st.sampled_from([True] * 9 + [False]))
    ]
    body = draw(_bodies)
    cut = draw(st.integers(0, len(body)))
    return Request(
        target=draw(st.just(_FORGED.target) | _targets),
        headers=[*headers, *draw(_oddities)],
        chunks=[body[:cut], body[cut:]],
        method=draw(_methods),
        is_aborted=draw(st.sampled_from([False] * 9 + [True])),
    )


def try_bad_requests(inputs: int) -> ResponseCounts:
    """Sends so many requests. Raises AssertionError with the smallest one that is not refused."""
    responses, temporal = ResponseCounts(), CountingTemporal()
    app = target(temporal)
    with asyncio.Runner() as runner:

        @settings(
            max_examples=inputs,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )
        @given(request=requests())
        def refused(request: Request) -> None:
            status = runner.run(status_of(app, request))
            responses.count(status)
            assert status in REFUSED
            assert (temporal.signals, temporal.started) == (0, 0)

        refused()
    responses.signals = temporal.signals + temporal.started
    return responses
