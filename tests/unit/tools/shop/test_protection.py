"""What a page may do, and who may send a form."""

import httpx
import pytest

from tests.support.tools.stub_payment_client import REFERENCE, StubPaymentClient


@pytest.mark.parametrize("path", ["/", "/elsewhere", "/static/shop.css", f"/orders/{REFERENCE}"])
async def test_every_answer_limits_scripts_and_frames(browser: httpx.AsyncClient, path: str) -> None:
    headers = (await browser.get(path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static/") else "no-store")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://shop.example"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({}, 303),
    ],
)
async def test_form_of_another_site_changes_nothing(
    browser: httpx.AsyncClient, client: StubPaymentClient, headers: dict[str, str], status: int
) -> None:
    answer = await browser.post(
        f"/shopkeeper/orders/{REFERENCE}/cancel", data={"reason": "broken"}, headers=headers
    )
    assert answer.status_code == status
    assert bool(client.calls) is (status == 303)


async def test_page_has_no_inline_script_and_no_inline_style(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/cart", f"/orders/{REFERENCE}", "/shopkeeper", f"/shopkeeper/orders/{REFERENCE}"):
        page = (await browser.get(path)).text
        assert page.count("<script") == page.count('<script src="/static/') == 1
        assert "style=" not in page
        assert "<style" not in page
        assert " onclick" not in page


async def test_site_whose_name_resolves_to_this_machine_does_nothing(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    """With DNS rebinding, the Origin of a hostile page is the host of the request."""
    hostile = {"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}
    for address, status in (("http://127.0.0.1", 403), ("http://shop.example", 303)):
        answer = await browser.post(
            f"{address}/shopkeeper/orders/{REFERENCE}/cancel", data={"reason": "broken"}, headers=hostile
        )
        assert answer.status_code == status
        assert bool(client.calls) is (status == 303)
