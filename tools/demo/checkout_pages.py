"""The checkout's pages: plain HTML with every value escaped, and statuses as sentences for a buyer."""

from dataclasses import dataclass
from html import escape

from holdfast import Payment
from holdfast.antom.models import CaptureMode
from holdfast.statuses.payment_status import PaymentStatus as S
from holdfast.temporal.names import workflow_id
from tools.demo.results_table import money
from tools.demo.shop import DECLINED_CARD

VALUES = (3000, 12550, 30000)
"""Minor units."""
STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}
h1{font-size:1.6rem}fieldset{border:1px solid #c9d1d9;border-radius:8px;margin:0 0 1rem;padding:.6rem 1rem}
legend{font-weight:600;padding:0 .3rem}label{display:block;margin:.35rem 0}
fieldset .small{margin:-.2rem 0 .5rem 1.6rem}form.step{display:inline}
button{font:inherit;padding:.5rem 1.2rem;margin:.4rem .6rem 0 0;border:1px solid #1f6feb;border-radius:6px;
background:#1f6feb;color:#fff;cursor:pointer}button.second{background:#fff;color:#1f6feb}
.small{color:#57606a;font-size:.85rem}dl{display:grid;grid-template-columns:auto 1fr;gap:.2rem 1rem}
dt{color:#57606a}dd{margin:0}"""
ON_THE_PAGE = "page"
"""The choice to type the card on the gateway's page."""
RELOAD = '<meta http-equiv="refresh" content="4">'
_TEXTS = {
    S.AUTHORIZING: ("One moment", "We are asking the bank."),
    S.ACTION_REQUIRED: ("Not paid yet", "Please complete the payment on the gateway's page."),
    S.PENDING: ("Almost there", "The bank is processing your payment. You do not have to do anything."),
    S.AUTHORIZED: ("Thank you for your order", "Your bank has set the money aside. Nothing is taken yet."),
    S.CAPTURING: ("Thank you for your order", "Your payment is being completed."),
    S.PARTIALLY_CAPTURED: ("Thank you for your order", "A part of the amount has been paid."),
    S.CAPTURED: ("Paid", "Your payment is complete."),
    S.DECLINED: ("The payment was declined", "Nothing was taken. You can try another card."),
    S.CANCELLING: ("One moment", "The payment is being cancelled."),
    S.CANCELLED: ("Cancelled", "The payment was cancelled, and no money is held."),
    S.FAILED: ("The payment failed", "Nothing was taken."),
    S.EXPIRED: ("Time ran out", "The payment was not finished in time. Nothing was taken."),
    S.NEEDS_REVIEW: (
        "We are checking",
        "We do not know the result of your payment yet. Please do not pay again.",
    ),
}
_IN_PROGRESS = {S.AUTHORIZING, S.PENDING, S.CAPTURING, S.CANCELLING, S.NEEDS_REVIEW}


@dataclass(frozen=True)
class Links:
    """Where a person sees the workflows and the ledger."""

    workflows: str
    ledger: str

    def workflow(self, reference: str) -> str:
        """The payment in the Temporal UI."""
        return f"{self.workflows}/{workflow_id(reference)}"


def form(reference: str, links: Links) -> str:
    """Returns the page on which the buyer chooses amount and card."""
    content = (
        '<form method="post" action="/pay">'
        f'<input type="hidden" name="reference" value="{escape(reference)}">'
        f"<fieldset><legend>Amount</legend>{_amounts()}</fieldset>"
        f"<fieldset><legend>When is the money taken?</legend>{_modes()}</fieldset>"
        f"<fieldset><legend>Card</legend>{_methods()}</fieldset>"
        "<button>Pay</button></form>"
        '<p class="small">No real money: the gateway is a simulator. See '
        f"{_link(links.workflows, 'all payments in the Temporal UI')}, "
        f"{_link(links.ledger, 'its ledger')}.</p>"
    )
    return _page("Cups and saucers", content)


def result(payment: Payment, links: Links) -> str:
    """Returns the page with the payment's status and the actions that are possible."""
    title, sentence = _TEXTS[payment.status]
    facts = {
        "Amount": payment.paymentAmount.display,
        "Reference": payment.paymentReference,
        "Status": str(payment.status),
        "Attempts": str(len(payment.attempts)),
    }
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    link = _link(links.workflow(payment.paymentReference), "this payment in the Temporal UI")
    content = (
        f"<p>{sentence}</p><dl>{rows}</dl>{_steps(payment)}"
        f'<p class="small">{link} · {_link(links.ledger, "the ledger")} · '
        '<a href="/">another payment</a></p>'
    )
    return _page(title, content, RELOAD if _is_in_progress(payment) else "")


def refusal(why: str) -> str:
    """Returns the page for a request that is refused; `why` is one line."""
    return _page("That is not possible", f'<p>{escape(why)}</p><p><a href="/">Back to the shop</a></p>')


def _amounts() -> str:
    return "".join(_radio("value", str(value), money(value), value == VALUES[0]) for value in VALUES)


def _modes() -> str:
    automatic = _radio("captureMode", "AUTOMATIC", "At once, by the gateway (AUTOMATIC)", True)
    return automatic + _radio(
        "captureMode", "MANUAL", "When the shop ships: you press capture (MANUAL)", False
    )


def _methods() -> str:
    hint = f"A test card is filled in there, and its bank asks for 3DS. {DECLINED_CARD} is declined."
    return (
        _radio("card", ON_THE_PAGE, "Typed on the gateway's page", True)
        + f'<p class="small">{hint}</p>'
        + _radio("card", "good", "Typed on our own form: a Visa that is accepted", False)
        + _radio("card", "declined", "Typed on our own form: a Visa that is declined", False)
    )


def _radio(name: str, value: str, label: str, chosen: bool) -> str:
    mark = " checked" if chosen else ""
    return f'<label><input type="radio" name="{name}" value="{value}"{mark}> {escape(label)}</label>'


def _steps(payment: Payment) -> str:
    reference = payment.paymentReference
    if payment.status is S.AUTHORIZED and payment.captureMode is CaptureMode.MANUAL:
        buttons = _button("capture", reference, "Capture") + _button("cancel", reference, "Cancel", "second")
        return f"<p>As the merchant:</p>{buttons}"
    if payment.status is S.DECLINED:
        return _button("again", reference, "Try again") + _button("cancel", reference, "Give up", "second")
    if payment.status is S.ACTION_REQUIRED and payment.nextAction and payment.nextAction.normalUrl:
        back = _link(payment.nextAction.normalUrl, "Back to the gateway's page")
        return f"<p>{back}</p>{_button('cancel', reference, 'Cancel', 'second')}"
    return ""


def _button(step: str, reference: str, label: str, kind: str = "first") -> str:
    return (
        f'<form class="step" method="post" action="/{step}/{escape(reference)}">'
        f'<button class="{kind}">{label}</button></form>'
    )


def _is_in_progress(payment: Payment) -> bool:
    by_gateway = payment.status is S.AUTHORIZED and payment.captureMode is CaptureMode.AUTOMATIC
    return by_gateway or payment.status in _IN_PROGRESS


def _link(url: str, text: str) -> str:
    # anything but a web address is shown without a link
    safe = url.startswith(("http://", "https://"))
    return f'<a href="{escape(url)}">{escape(text)}</a>' if safe else escape(text)


def _page(title: str, content: str, head: str = "") -> str:
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    return (
        f'<!doctype html><html lang="en"><head>{meta}{head}<title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{content}</body></html>"
    )
