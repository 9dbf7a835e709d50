"""No card data is left in a recorded text, and a text without card data is recorded as it was sent."""

import json
from urllib.parse import unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.antom.models import CARD_FIELDS
from simulator.recording.exchanges import Exchange
from simulator.recording.masking import REMOVED, mask_body, mask_headers, mask_numbers, mask_text
from tests.support.simulator.merchant import VISA, pay_body

MASKED = "405469******0768"
SECRETS = sorted(CARD_FIELDS - {"cardNo"})


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"not json", b'{ "a" :\t1.50,\r\n"b":"\\u00fc / \xc3\xbc"}', b"[" * 5000]
)
def test_body_without_card_data_is_kept_byte_for_byte(body: bytes) -> None:
    assert mask_body(body) == body.decode()


def test_pay_request_without_a_card_is_kept_byte_for_byte() -> None:
    body = json.dumps(pay_body(), indent=3)
    assert mask_body(body.encode()) == body


def test_white_space_beside_card_data_is_kept() -> None:
    body = f'{{ "cardNo" : "{VISA}",\n  "cvv":"7391", "amount": 1 }}'
    assert mask_body(body.encode()) == f'{{ "cardNo" : "{MASKED}",\n  "cvv":"removed", "amount": 1 }}'


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", ["7391", 7391, {"a": ["7391"]}, ["7391", {"b": "7391"}], None])
def test_secret_is_removed_at_any_depth_and_of_any_type(name: str, value: object) -> None:
    body = {"order": {"goods": [{"goodsName": "tea", name: value}]}, "last": {"eci": "05"}}
    masked = mask_body(json.dumps(body).encode())
    assert json.loads(masked) == {
        "order": {"goods": [{"goodsName": "tea", name: REMOVED}]},
        "last": {"eci": "05"},
    }


@pytest.mark.parametrize(
    "body",
    [
        f'{{"cardNo": {VISA}, "cvv": 7391}}',
        f'{{"c\\u0061rdNo": "{VISA}", "c\\u0076v": "7391"}}',
        f'{{"c\\u0076v": "7391", "cvv": "1", "note": "{VISA}"}}',
        f'{{"CARDNO": "{VISA}", "Cvv": "7391"}}',
        f'{{"orderDescription": "card {VISA[:4]} {VISA[4:8]} {VISA[8:12]} {VISA[12:]}"}}',
        json.dumps({"note": json.dumps({"cardNo": VISA, "cvv": "7391"})}),
        f'{{"cardNo": "{VISA}", "cvv": "7391", "cut',
        f'{{"cardNo": {{"number": "{VISA}", "cvv": "7391"',
        f'{{"c\\u0076v": "7391", "cardNo": "{VISA}',
        f"cardNo={VISA}&cvv=7391",
        f"number={'%20'.join(VISA[place : place + 4] for place in range(0, 16, 4))}&c%76v=7391",
        f"card%4Eo={VISA.replace('5', '%35')}&cvc%3D7391",
        json.dumps({"note": f"cardNo={VISA}&cvv=7391"}),
        json.dumps({"paymentRedirectUrl": f"https://shop.example/?a=b%26c%76v%3D7391&n={VISA}"}),
        f"{VISA} is my card",
    ],
)
def test_card_data_is_masked_in_every_form(body: str) -> None:
    masked = mask_body(body.encode())
    assert "7391" not in masked
    assert VISA not in unquote_plus(masked).replace(" ", "").replace("-", "")


def test_card_data_in_a_path_and_in_headers_is_masked() -> None:
    path = f"/ams/api/v1/payments/pay?cvv=7391&n={VISA[:8]}%20{VISA[8:]}"
    exchange = Exchange.begin("POST", path, {"Cvv": "7391", "X-Query": "cvc=7391"}, b"")
    recorded = repr(exchange.wire())
    assert "7391" not in recorded
    assert VISA not in unquote_plus(recorded).replace(" ", "")


def test_text_with_percent_encoding_and_without_card_data_is_kept() -> None:
    text = "algorithm=RSA256,keyVersion=1,signature=ab%2Bcd%2F%3D%3D a=b%20c+d"
    assert mask_text(text) == text


def test_half_of_a_surrogate_pair_is_recorded_as_text_that_can_be_sent() -> None:
    masked = mask_body(b'{"a": "\\ud800", "c\\u0076v": "7391"}')
    assert json.loads(masked.encode()) == {"a": "?", "cvv": REMOVED}


def test_ids_and_times_of_the_gateway_are_not_card_numbers() -> None:
    text = "2026113019401000000010123456789012 1795968000000 2026-11-30T16:00:00+00:00 30000"
    assert mask_numbers(text) == text


def test_credentials_in_headers_are_removed() -> None:
    headers = {"Authorization": "Bearer abc", "Client-Id": "SANDBOX_1", "X-Card": VISA}
    assert mask_headers(headers) == {"authorization": REMOVED, "client-id": "SANDBOX_1", "x-card": MASKED}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(JSON_VALUES, st.sampled_from(SECRETS), st.integers(0, 3), st.booleans())
def test_secret_is_removed_from_any_json(around: object, name: str, indent: int, ascii_only: bool) -> None:
    data = {"before": around, "card": {name: "s3cr3t-7391", "cardNo": VISA}, "after": [around]}
    text = json.dumps(data, indent=indent or None, ensure_ascii=ascii_only)
    masked = mask_body(text.encode("utf-8", "replace"))
    assert "s3cr3t" not in masked
    assert VISA not in masked
    assert json.loads(masked)["card"] == {name: REMOVED, "cardNo": MASKED}
