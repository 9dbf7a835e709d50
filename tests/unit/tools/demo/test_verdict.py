"""The verdict must be able to say no: one wrong number at a time."""

from dataclasses import replace

import pytest

from holdfast import PaymentStatus
from holdfast.payment import Review
from holdfast.source import Source
from tests.support.tools.payments import NOW, payment
from tools.demo.verdict import Ending, disagreements
from tools.local_stack.ledger_client import Account

ENDING = Ending(PaymentStatus.CAPTURED, 30000, pay_calls=2, capture_calls=1)
ACCOUNT = Account(attempts=1, live=1, most_live=1, captured=30000, pay_calls=2, capture_calls=1)
CAPTURED = payment(PaymentStatus.CAPTURED, captured=True)


def test_a_payment_that_is_where_it_should_be_has_no_complaint() -> None:
    assert disagreements(ENDING, CAPTURED, ACCOUNT) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(ACCOUNT, captured=60000), "ledger: captured is 60000 and should be 30000"),
        (replace(ACCOUNT, held=1), "ledger: held is 1 and should be 0"),
        (replace(ACCOUNT, live=2), "ledger: live authorizations is 2 and should be 1"),
        (replace(ACCOUNT, most_live=2), "ledger: most live authorizations at once is 2 and should be 1"),
        (replace(ACCOUNT, voided=1), "ledger: voided is 1 and should be 0"),
        (replace(ACCOUNT, attempts=2), "ledger: attempts is 2 and should be 1"),
        (replace(ACCOUNT, pay_calls=1), "ledger: 1 pay calls, should be 2 or more"),
        (replace(ACCOUNT, capture_calls=0), "ledger: 0 capture calls, should be 1 or more"),
    ],
)
def test_the_ledger_is_the_judge(wrong: Account, said: str) -> None:
    assert disagreements(ENDING, CAPTURED, wrong) == [said]


def test_our_own_word_is_judged_too() -> None:
    authorized = payment(PaymentStatus.AUTHORIZED)
    assert disagreements(ENDING, authorized, ACCOUNT) == [
        "status is AUTHORIZED and should be CAPTURED",
        "captured is 0 and should be 30000",
    ]


def test_who_decided_matters_where_the_story_says_so() -> None:
    ending = replace(ENDING, decided_by=Source.INQUIRY)
    assert disagreements(ending, CAPTURED, ACCOUNT) == ["decided by is None and should be INQUIRY"]


def test_a_payment_that_a_person_must_look_at_is_not_right() -> None:
    flagged = CAPTURED.model_copy(update={"review": Review(reason="amounts differ", since=NOW)})
    assert disagreements(ENDING, flagged, ACCOUNT) == ["review: amounts differ"]


def test_no_payment_at_all_is_not_right() -> None:
    assert "there is no payment" in disagreements(ENDING, None, Account())


def test_a_void_leaves_nothing_held_and_one_authorization_that_was() -> None:
    ending = Ending(PaymentStatus.CANCELLED, voided=1)
    account = Account(attempts=1, most_live=1, voided=1, pay_calls=1)
    assert disagreements(ending, payment(PaymentStatus.CANCELLED), account) == []
