"""The routes of the hosted pages, whose forms redirect the buyer back to the shop.

A form is posted to the page's own URL. The field `action` is pay, fail or abandon. The cashier page also has
the fields cardNo, expiryMonth, expiryYear and cvv. Programs complete these forms, so the names do not change.
"""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from simulator.actors.buyer import act_as_buyer, enter_card
from simulator.http.body import Refused
from simulator.pages.card_form import (
    CARD_NUMBER,
    CHOSEN_CARD,
    EXPIRY_MONTH,
    EXPIRY_YEAR,
    SECURITY_CODE,
    CardForm,
)
from simulator.pages.outcome import outcome_of
from simulator.simulation import Simulator
from simulator.state import Payment
from simulator.web.formats import amount_text
from simulator.web.forms import read_form
from simulator.web.templating import HOSTED_HEADERS, hosted_page

_CARD_FIELDS = (CARD_NUMBER, SECURITY_CODE, EXPIRY_MONTH, EXPIRY_YEAR)


def page_routes(simulator: Simulator) -> list[Route]:
    """Returns the routes of both pages."""
    pages = HostedPages(simulator)
    return [
        Route("/cashier/{token}", pages.cashier, methods=["GET", "POST"]),
        Route("/challenge/{token}", pages.challenge, methods=["GET", "POST"]),
    ]


class HostedPages:
    """Each page has a form while the payment is open, and the outcome with a link back afterwards."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def cashier(self, request: Request) -> Response:
        """Serves the card form of a payment whose request has no card."""
        payment = self._payment(request)
        if payment is None or not payment.is_open:
            return _closed(payment)
        if request.method == "GET":
            return _card_form(payment, CardForm())
        form = await read_form(request)
        if CHOSEN_CARD in form and "action" not in form:
            return _card_form(payment, CardForm.chosen(form[CHOSEN_CARD]))
        if form.get("action") != "pay":
            return self._act(payment, form)
        return self._pay(payment, form)

    async def challenge(self, request: Request) -> Response:
        """Serves the issuer's 3DS challenge."""
        payment = self._payment(request)
        if payment is None or not payment.is_open:
            return _closed(payment)
        if request.method == "GET":
            return hosted_page("challenge.html", 200, **_summary(payment), card=payment.card)
        return self._act(payment, await read_form(request))

    def _payment(self, request: Request) -> Payment | None:
        return self._simulator.payment_of_page(str(request.path_params["token"]))

    def _pay(self, payment: Payment, form: dict[str, str]) -> Response:
        typed = (form.get(name, "") for name in _CARD_FIELDS)
        try:
            challenged = enter_card(self._simulator.lifecycle, payment, *typed)
        except Refused as refused:
            return _card_form(payment, CardForm.refused(form, refused), 400)
        return _to(f"/challenge/{payment.token}") if challenged else _to(payment.redirect_url)

    def _act(self, payment: Payment, form: dict[str, str]) -> Response:
        try:
            act_as_buyer(self._simulator.lifecycle, payment, form.get("action", ""))
        except ValueError:
            return hosted_page("invalid.html", 400, **_summary(payment))
        return _to(payment.redirect_url)


def _to(url: str) -> Response:
    # 303: the browser follows with GET and does not post the card again
    return RedirectResponse(url, status_code=303, headers=HOSTED_HEADERS)


def _summary(payment: Payment) -> dict[str, object]:
    amount = amount_text(payment.amount.currency, payment.amount.value)
    return {"payment": payment, "amount": amount}


def _card_form(payment: Payment, form: CardForm, status: int = 200) -> Response:
    return hosted_page("cashier.html", status, **_summary(payment), form=form)


def _closed(payment: Payment | None) -> Response:
    if payment is None:
        return hosted_page("unknown.html", 404)
    return hosted_page("closed.html", 200, **_summary(payment), outcome=outcome_of(payment))
