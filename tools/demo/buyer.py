"""Completes the forms of the gateway's pages, as a buyer with a browser does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

MAX_PAGES = 6


class UnexpectedPage(Exception):
    """A page has no form that leads back to the shop."""


@dataclass
class Form(HTMLParser):
    """The form of a page: its fields and the values of its buttons."""

    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Records a field or a button."""
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and "name" in given:
            self.fields[given["name"]] = given.get("value", "")
        elif tag == "button" and given.get("name") == "action":
            self.buttons.append(given["value"])


def form_of(page: str) -> Form:
    """Parses the form of a page."""
    form = Form()
    form.feed(page)
    return form


async def follow_pages(
    http: httpx.AsyncClient, start: str, shop: str, card: str, press: str = "pay"
) -> list[str]:
    """Goes from the gateway's page to the shop's: types the card, presses the button, returns the steps.

    Raises UnexpectedPage, httpx.HTTPError.
    """
    seen: list[str] = []
    answer = await http.get(start)
    while not str(answer.url).startswith(shop):
        form = form_of(answer.text)
        if len(seen) == MAX_PAGES or press not in form.buttons:
            raise UnexpectedPage(f"page {len(seen) + 1} has no form to send: status {answer.status_code}")
        seen.append("typed the card" if "cardNo" in form.fields else "confirmed to the bank")
        answer = await http.post(str(answer.url), data=_filled(form, card, press), follow_redirects=False)
        answer = await http.get(urljoin(str(answer.url), answer.headers.get("location", "")))
    return seen


def _filled(form: Form, card: str, press: str) -> dict[str, str]:
    typed = {"cardNo": card} if "cardNo" in form.fields else {}
    return {**form.fields, **typed, "action": press}
