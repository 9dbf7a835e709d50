"""The hosted pages: HTML forms without JavaScript, which redirect the buyer back to the shop."""

from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from simulator.actors.buyer import act_as_buyer, enter_card
from simulator.http.body import DECIMALS_0, Refused
from simulator.simulation import Simulator
from simulator.state import Payment

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem}
label{display:block;margin:.6rem 0}input{font:inherit;width:100%;padding:.4rem;box-sizing:border-box}
button{font:inherit;padding:.5rem 1.2rem;margin:.8rem .6rem 0 0}.wrong{color:#a40000}"""
FIELDS = (
    ("cardNo", "Card number", "4054695723100768", "cc-number"),
    ("expiryMonth", "Month (MM)", "12", "cc-exp-month"),
    ("expiryYear", "Year (YY)", "39", "cc-exp-year"),
    ("cvv", "Security code", "123", "cc-csc"),
)
MAX_FORM_BYTES = 8192


def amount_text(payment: Payment) -> str:
    """Returns the amount for display, such as "EUR 300.00"."""
    places = 0 if payment.amount.currency in DECIMALS_0 else 2
    whole, rest = divmod(payment.amount.value, 10**places)
    return f"{payment.amount.currency} {whole}" + (f".{rest:0{places}d}" if places else "")


def page_routes(simulator: Simulator) -> list[Route]:
    """Returns the routes of both pages."""
    pages = Pages(simulator)
    return [
        Route("/cashier/{token}", pages.cashier, methods=["GET", "POST"]),
        Route("/challenge/{token}", pages.challenge, methods=["GET", "POST"]),
    ]


class Pages:
    """Each page has a form while the payment is open, and the outcome with a link back afterwards."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def cashier(self, request: Request) -> Response:
        """Serves the card form of a payment whose request has no card."""
        payment = self._payment(request)
        if payment is None or not payment.is_open:
            return _closed(payment)
        if request.method == "GET":
            return _card_form(payment)
        form = await _form(request)
        if form.get("action") != "pay":
            return self._act(payment, form)
        try:
            challenged = enter_card(
                self._simulator.lifecycle,
                payment,
                *(form.get(name, "") for name in ("cardNo", "cvv")),
                *(form.get(name, "") for name in ("expiryMonth", "expiryYear")),
            )
        except Refused as refused:
            return _card_form(payment, f"This card cannot be used: {refused.code}")
        return _to(f"/challenge/{payment.token}") if challenged else _to(payment.redirect_url)

    async def challenge(self, request: Request) -> Response:
        """Serves the issuer's 3DS challenge."""
        payment = self._payment(request)
        if payment is None or not payment.is_open:
            return _closed(payment)
        if request.method == "GET":
            return _challenge_form(payment)
        return self._act(payment, await _form(request))

    def _payment(self, request: Request) -> Payment | None:
        return self._simulator.payment_of_page(str(request.path_params["token"]))

    def _act(self, payment: Payment, form: dict[str, str]) -> Response:
        try:
            act_as_buyer(self._simulator.lifecycle, payment, form.get("action", ""))
        except ValueError as error:
            return _page("Invalid request", f'<p class="wrong">{escape(str(error))}</p>', 400)
        return _to(payment.redirect_url)


async def _form(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            return {}
    return {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _to(url: str) -> Response:
    # 303: the browser follows with GET and does not post the card again
    return RedirectResponse(url, status_code=303, headers=HEADERS)


def _page(title: str, content: str, status: int = 200) -> Response:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    head = f'<!doctype html><html lang="en"><head>{head}<style>{STYLE}</style></head>'
    return HTMLResponse(f"{head}<body><h1>{title}</h1>{content}</body></html>", status, HEADERS)


def _summary(payment: Payment) -> str:
    return f"<p>{escape(payment.description)}<br><strong>{amount_text(payment)}</strong></p>"


def _buttons(pay: str) -> str:
    button = '<button name="action" value="{}">{}</button>'
    choices = (("pay", pay), ("fail", "Fail"), ("abandon", "Abandon"))
    return "".join(button.format(value, label) for value, label in choices)


def _card_form(payment: Payment, wrong: str = "") -> Response:
    warning = f'<p class="wrong">{escape(wrong)}</p>' if wrong else ""
    field = '<label>{label} <input type="text" name="{name}" value="{value}" autocomplete="{fill}"></label>'
    fields = "".join(
        field.format(name=name, label=label, value=value, fill=fill) for name, label, value, fill in FIELDS
    )
    form = f'<form method="post">{fields}{_buttons("Pay")}</form>'
    return _page("Pay by card", _summary(payment) + warning + form, 400 if wrong else 200)


def _challenge_form(payment: Payment) -> Response:
    text = "<p>Your bank asks you to confirm this payment.</p>"
    form = f'<form method="post">{_buttons("Yes, pay")}</form>'
    return _page("Confirm the payment", _summary(payment) + text + form)


def _closed(payment: Payment | None) -> Response:
    if payment is None:
        return _page("No such payment", "<p>There is no payment for this page.</p>", 404)
    back = f'<p><a href="{escape(payment.redirect_url)}">Back to the shop</a></p>'
    return _page("Payment closed", f"{_summary(payment)}<p>The payment is {payment.status}.</p>{back}")
