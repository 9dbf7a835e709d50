"""Unusual but correctly signed notifications cause no error; tests/system/hostile has forged ones."""

import json
from typing import Any

from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from holdfast.antom.message_time import parse_message_time
from tests.support.services.notification_sender import Sender, notify_path, payment_result

TIMES = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.datetimes().map(str),
    st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
LIGHT = hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@LIGHT
@given(text=TIMES)
@example(text="0001-01-01T00:00:00+23:59")
@example(text="9999-12-31T23:59:59-23:59")
@example(text="²")
@example(text="9" * 5000)
def test_parsed_request_time_is_aware_or_none(text: str) -> None:
    moment = parse_message_time(text)
    assert moment is None or moment.utcoffset() is not None


@hypothesis_settings(LIGHT, max_examples=40)
@given(field=st.sampled_from(sorted(json.loads(payment_result("A-1")))), value=JSON)
@example(field="paymentTime", value="9999-99-99")
@example(field="paymentId", value="x" * 5000)
@example(field="paymentId", value="\x00'")
@example(field="paymentRequestId", value="<script>`|*")
async def test_any_signed_notification_is_delivered_or_kept(gateway: Sender, field: str, value: Any) -> None:
    content = json.loads(payment_result("A-1")) | {field: value}
    for reference in ("HOSTILE", None):
        answer = await gateway.post(json.dumps(content).encode(), reference)
        assert answer.status_code in (200, 400)


async def test_body_with_lone_surrogates_is_kept_as_not_json(gateway: Sender) -> None:
    body = rb'{"notifyType": "PAYMENT_RESULT", "paymentRequestId": "\ud800"}'
    assert (await gateway.post(body, "HOSTILE")).status_code == 400


async def test_repeated_headers_are_rejected(gateway: Sender) -> None:
    body, path = payment_result("A-1"), notify_path("HOSTILE")
    headers = [*gateway.headers(path, body).items(), ("signature", "forged"), ("client-id", "forged")]
    answer = await gateway.http.post(path, content=body, headers=[("client-id", "forged"), *headers])
    assert answer.status_code == 401
