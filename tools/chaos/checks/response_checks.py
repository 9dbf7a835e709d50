"""The judge of what was answered: to merchants, and to whoever lied to the webhooks."""

from collections.abc import Iterator, Sequence

from tools.chaos.checks.verdict import Material, Rule, Violation
from tools.chaos.faults.attacks import REFUSED, Blow
from tools.chaos.ledger import Notice
from tools.chaos.merchant import Call
from tools.chaos.plan import Attack

_NOBODY, _TAKEN, _NOT_GENUINE = 0, 200, 401
_LIES = frozenset({Attack.SIGNED_OTHER, Attack.SIGNED_AMOUNT})


def broken_calls(calls: Sequence[Call]) -> Iterator[Violation]:
    """Callers that waited for ever, or were told what no merchant can understand."""
    for call in calls:
        if not call.is_in_time:
            yield Violation(Rule.WAITED, call.reference, f"{call.name} for {call.seconds:.0f} s")
        elif not call.is_clean:
            yield Violation(Rule.BROKE, call.reference, f"{call.name}: {call.error}")


def taken_lies(material: Material) -> Iterator[Violation]:
    """Forgeries that were acknowledged, and signed lies that nobody can find."""
    reviewed = {case.plan.reference for case in material.cases if case.payment and case.payment.review}
    for blow in material.blows:
        yield from _of_blow(blow, is_reviewed=blow.reference in reviewed)
    for notice in material.notices:
        yield from _of_notice(notice)


def _of_blow(blow: Blow, *, is_reviewed: bool) -> Iterator[Violation]:
    if blow.status == _NOBODY:
        return
    wanted = _NOT_GENUINE if blow.attack in REFUSED else _TAKEN
    if blow.status != wanted:
        rule = Rule.LIE_TAKEN if blow.attack in REFUSED else Rule.TRUTH_REFUSED
        yield Violation(rule, blow.reference, f"{blow.attack}: answered with {blow.status}")
    elif blow.attack in _LIES and not is_reviewed and not blow.is_kept:
        yield Violation(Rule.LIE_UNRECORDED, blow.reference, f"{blow.attack}")


def _of_notice(notice: Notice) -> Iterator[Violation]:
    for delivery in notice.attempts:
        if delivery.forged and delivery.answer == _TAKEN:
            detail = "the simulator's forgery was acknowledged"
            yield Violation(Rule.LIE_TAKEN, notice.paymentRequestId.rpartition("-")[0], detail)
