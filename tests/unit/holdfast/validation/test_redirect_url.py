"""A redirect URL opens a page, or the merchant's app, and never runs code."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.antom.models.env import TerminalType
from holdfast.errors import InvalidOrder, InvalidRequest
from holdfast.order import parse_order, parse_retry
from holdfast.validation.redirect_url import RULE, is_redirect
from tests.support.orders import order_fields

APPS = (TerminalType.APP, TerminalType.MINI_APP)
PAGES = (TerminalType.WEB, TerminalType.WAP)
TERMINALS = st.sampled_from([*TerminalType])
DANGEROUS = ("javascript", "data", "file", "vbscript")


def env(terminal: TerminalType) -> dict[str, str]:
    return {"terminalType": terminal, "osType": "IOS"}


@pytest.mark.parametrize("terminal", TerminalType)
@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/back?order=1#top",
        "http://localhost:8080/back",
        "HTTPS://SHOP.EXAMPLE",
        "https://münchen.example/zurück",
        "https://[2001:db8::1]/back",
    ],
)
def test_page_is_accepted_on_every_terminal(url: str, terminal: TerminalType) -> None:
    assert parse_order(order_fields(paymentRedirectUrl=url, env=env(terminal))).paymentRedirectUrl == url


@pytest.mark.parametrize("url", ["shop://back", "com.example.shop:/back", "alipays://p?a=b", "SHOP+1:x"])
def test_scheme_of_an_app_is_accepted_in_apps_alone(url: str) -> None:
    assert all(is_redirect(url, terminal) for terminal in APPS)
    assert not any(is_redirect(url, terminal) for terminal in PAGES)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:1",
        "data:text/html,1",
        "file:///etc/hosts",
        "vbscript:1",
        "java\tscript:1",
        "java\nscript:1",
        "\x01javascript:1",
        " javascript:1",
        "https:",
        "https://",
        "https:/shop.example",
        "https:shop.example",
        "https://[",
        "https://shop.example/a b",
        "https://shop.example/\r\nx: y",
        "https:\\\\shop.example",
        "//shop.example",
        "shop.example/back",
        "/back",
        "1shop://back",
        "shop:",
        ":",
    ],
)
@pytest.mark.parametrize("terminal", TerminalType)
def test_any_other_text_is_refused_everywhere(url: str, terminal: TerminalType) -> None:
    with pytest.raises(InvalidOrder) as refused:
        parse_order(order_fields(paymentRedirectUrl=url, env=env(terminal)))
    assert str(refused.value) == f"paymentRedirectUrl: {RULE}"


def _any_case(scheme: str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.sampled_from([letter, letter.upper()]) for letter in scheme)).map("".join)


@given(scheme=st.sampled_from(DANGEROUS).flatmap(_any_case), rest=st.text(), terminal=TERMINALS)
def test_dangerous_scheme_in_any_case_is_refused(scheme: str, rest: str, terminal: TerminalType) -> None:
    assert not is_redirect(f"{scheme}:{rest}", terminal)


@given(
    scheme=st.sampled_from(DANGEROUS),
    place=st.integers(0, 11),
    dropped=st.sampled_from([chr(code) for code in range(0x21)]),
    terminal=TERMINALS,
)
def test_scheme_with_a_character_that_browsers_drop_is_refused(
    scheme: str, place: int, dropped: str, terminal: TerminalType
) -> None:
    url = f"{scheme}:1"
    assert not is_redirect(url[:place] + dropped + url[place:], terminal)


@given(url=st.text() | st.from_regex(r"[A-Za-z0-9+.-]{0,9}:.{0,20}", fullmatch=True), terminal=TERMINALS)
def test_accepted_url_has_a_scheme_that_the_terminal_may_open(url: str, terminal: TerminalType) -> None:
    if not is_redirect(url, terminal):
        return
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*(?=:)", url)
    assert scheme is not None
    is_page = scheme[0].lower() in ("http", "https")
    assert is_page or (terminal in APPS and scheme[0].lower() not in DANGEROUS)


def test_retry_keeps_the_redirect_of_the_order() -> None:
    order = parse_order(order_fields(paymentRedirectUrl="shop://back", env=env(TerminalType.APP)))
    method = {"paymentMethodType": "CARD"}
    for terminal in APPS:
        parse_retry({"paymentMethod": method, "env": env(terminal)}, order)
    parse_retry({"paymentMethod": method}, order)
    with pytest.raises(InvalidRequest, match=r"^env.terminalType: "):
        parse_retry({"paymentMethod": method, "env": env(TerminalType.WEB)}, order)
