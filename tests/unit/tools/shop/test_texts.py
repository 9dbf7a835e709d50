"""The sentences for buyers and shopkeepers."""

import pytest

from holdfast import InvalidState, PaymentStatus
from holdfast.antom.amounts import Amount
from holdfast.antom.codes import FAILURES, Advice
from holdfast.antom.endpoints import Operation
from holdfast.antom.models import CaptureMode
from holdfast.card_vault import VaultUnavailable
from holdfast.errors import REFUSALS
from tests.support.tools.payments import payment
from tools.shop.texts.declines import DECLINES, UNKNOWN, decline_text
from tools.shop.texts.refusals import details, refusal_of
from tools.shop.texts.statuses import TEXTS, is_waiting, released, status_text

S = PaymentStatus


def euro(minor_units: int) -> Amount:
    return Amount(currency="EUR", value=str(minor_units))


def test_every_status_has_a_text() -> None:
    assert set(TEXTS) == set(S)


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("mode", CaptureMode)
def test_only_captured_payment_is_called_paid(status: S, mode: CaptureMode) -> None:
    text = status_text(payment(status, captureMode=mode))
    assert (text.title == "Paid") is (status is S.CAPTURED)
    is_thanked = status in {S.AUTHORIZED, S.CAPTURING, S.PARTIALLY_CAPTURED}
    assert ("Thank you" in text.title) is is_thanked


def test_short_last_capture_says_what_was_taken_and_what_was_released() -> None:
    part = payment(S.CAPTURED, authorizedAmount=euro(12150), capturedAmount=euro(1000))
    text = status_text(part)
    assert text.title == "Paid in part"
    assert "We have taken €10.00 of €121.50" in text.sentence
    assert "€111.50 has been released" in text.sentence
    assert released(part) == euro(11150)


@pytest.mark.parametrize(
    ("status", "captured"), [(S.CAPTURED, 12150), (S.CAPTURED, 12200), (S.PARTIALLY_CAPTURED, 1000)]
)
def test_nothing_is_called_released_while_or_where_it_can_be_taken(status: S, captured: int) -> None:
    paid = payment(status, authorizedAmount=euro(12150), capturedAmount=euro(captured))
    assert released(paid) is None
    assert "released" not in status_text(paid).sentence


@pytest.mark.parametrize("status", S)
def test_page_waits_while_the_status_changes_by_itself(status: S) -> None:
    waiting = {S.AUTHORIZING, S.PENDING, S.CAPTURING, S.CANCELLING, S.NEEDS_REVIEW}
    assert is_waiting(payment(status)) is (status in waiting)


def test_page_waits_for_the_automatic_capture() -> None:
    assert is_waiting(payment(S.AUTHORIZED, captureMode=CaptureMode.AUTOMATIC))


def test_every_code_that_a_buyer_can_act_upon_has_a_sentence() -> None:
    codes = {code for code, advice in FAILURES[Operation.PAY].items() if advice is Advice.NEW_ATTEMPT}
    assert codes <= set(DECLINES)
    assert set(DECLINES) <= set(FAILURES[Operation.PAY])


def test_sentence_is_one_and_names_no_code() -> None:
    for text in (*DECLINES.values(), UNKNOWN):
        assert text.endswith(".")
        assert "_" not in text


@pytest.mark.parametrize(
    ("code", "words"), [("DO_NOT_HONOR", "Your bank has refused"), ("NEW_CODE", UNKNOWN), (None, UNKNOWN)]
)
def test_decline_has_a_sentence_by_its_code(code: str | None, words: str) -> None:
    declined = payment(S.DECLINED)
    attempt = declined.attempt.model_copy(update={"resultCode": code})
    assert words in decline_text(declined.with_attempt(attempt))


def test_every_error_has_a_status_and_words() -> None:
    for kind in REFUSALS.values():
        refusal = refusal_of(kind("one line"))
        assert 400 <= refusal.status < 600
        assert refusal.sentence.endswith(".")
    assert refusal_of(InvalidState("one line")).status == 409


def test_error_of_the_vault_tells_the_buyer_nothing_of_it() -> None:
    error = VaultUnavailable("the card vault is locked")
    assert refusal_of(error).status == 503
    assert details(error) == ""
