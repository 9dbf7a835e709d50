"""Nothing that the gateway signs makes the webhook fail; what strangers send is in tests/system/hostile."""

import json
from typing import Any

from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from services.webhook.app import moment_of
from tests.support.services.sending import Sender, notify_path, payment_result

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
def test_a_moment_is_aware_or_nothing(text: str) -> None:
    moment = moment_of(text)
    assert moment is None or moment.utcoffset() is not None


@hypothesis_settings(LIGHT, max_examples=40)
@given(field=st.sampled_from(sorted(json.loads(payment_result("A-1")))), value=JSON)
@example(field="paymentTime", value="9999-99-99")
@example(field="paymentId", value="x" * 5000)
@example(field="paymentId", value="\x00'")
@example(field="paymentRequestId", value="<script>`|*")
async def test_whatever_the_gateway_signs_is_taken_or_kept(gateway: Sender, field: str, value: Any) -> None:
    content = json.loads(payment_result("A-1")) | {field: value}
    for reference in ("HOSTILE", None):
        answer = await gateway.post(json.dumps(content).encode(), reference)
        assert answer.status_code in (200, 400)


async def test_lone_surrogates_are_kept_as_no_json(gateway: Sender) -> None:
    body = rb'{"notifyType": "PAYMENT_RESULT", "paymentRequestId": "\ud800"}'
    assert (await gateway.post(body, "HOSTILE")).status_code == 400


async def test_two_headers_of_one_name_never_pass(gateway: Sender) -> None:
    body, path = payment_result("A-1"), notify_path("HOSTILE")
    headers = [*gateway.headers(path, body).items(), ("signature", "forged"), ("client-id", "forged")]
    answer = await gateway.http.post(path, content=body, headers=[("client-id", "forged"), *headers])
    assert answer.status_code == 401
