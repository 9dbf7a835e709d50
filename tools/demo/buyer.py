"""A buyer who reads the gateway's pages and fills in their forms, as a person with a browser would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

MOST_PAGES = 6


class LostBuyer(Exception):
    """The pages lead nowhere."""


@dataclass
class Form(HTMLParser):
    """The form of a page: where it is sent, its fields, and the values of its buttons."""

    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a field or a button."""
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and "name" in given:
            self.fields[given["name"]] = given.get("value", "")
        elif tag == "button" and given.get("name") == "action":
            self.buttons.append(given["value"])


def form_of(page: str) -> Form:
    """Read the form of a page."""
    form = Form()
    form.feed(page)
    return form


async def walk(http: httpx.AsyncClient, start: str, shop: str, card: str, press: str = "pay") -> list[str]:
    """Go from the gateway's page to the shop's, typing the card and pressing the button; the pages seen.

    Raises LostBuyer, httpx.HTTPError.
    """
    seen: list[str] = []
    answer = await http.get(start)
    while not str(answer.url).startswith(shop):
        form = form_of(answer.text)
        if len(seen) == MOST_PAGES or press not in form.buttons:
            raise LostBuyer(f"page {len(seen) + 1} has no way on: status {answer.status_code}")
        seen.append("typed the card" if "cardNo" in form.fields else "confirmed to the bank")
        answer = await http.post(str(answer.url), data=_filled(form, card, press), follow_redirects=False)
        answer = await http.get(urljoin(str(answer.url), answer.headers.get("location", "")))
    return seen


def _filled(form: Form, card: str, press: str) -> dict[str, str]:
    typed = {"cardNo": card} if "cardNo" in form.fields else {}
    return {**form.fields, **typed, "action": press}
