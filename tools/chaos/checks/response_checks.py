"""Checks the responses to merchants, and those of the webhooks to attacks."""

from collections.abc import Iterator, Sequence

from tools.chaos.checks.run_record import Rule, RunRecord, Violation
from tools.chaos.faults.attacks import UNAUTHENTICATED, AttackResult
from tools.chaos.faults.resets import Reset
from tools.chaos.merchant import Call
from tools.chaos.plan import Attack, Plan
from tools.local_stack.ledger import SentNotification, reference_of

_NO_RESPONSE, _ACCEPTED, _UNAUTHORIZED = 0, 200, 401
_FALSE = frozenset({Attack.SIGNED_OTHER, Attack.SIGNED_AMOUNT})


def call_violations(calls: Sequence[Call]) -> Iterator[Violation]:
    """Yields calls that hung, or failed with an error that is not one of Holdfast's."""
    for call in calls:
        if not call.is_in_time:
            yield Violation(Rule.CALL_HUNG, call.reference, f"{call.name} for {call.seconds:.0f} s")
        elif not call.is_documented:
            yield Violation(Rule.CALL_FAILED, call.reference, f"{call.name}: {call.error}")


def notification_violations(run: RunRecord) -> Iterator[Violation]:
    """Yields forgeries that were acknowledged, and false notifications that were not recorded."""
    reviewed = {each.plan.reference for each in run.payments if each.payment and each.payment.review}
    # the history of a workflow that was reset has the notifications of its former run, which were not applied
    reset = {each.plan.reference for each in run.payments if _resets_workflow(each.plan)}
    for result in run.attacks:
        yield from _of_attack(result, is_excused=result.reference in reviewed | reset)
        if result.stored > result.different and result.reference not in reset:
            detail = f"{result.stored} in its history, and {result.different} of them differ"
            yield Violation(Rule.REPLAY_STORED, result.reference, detail)
    for notification in run.notifications:
        yield from _of_notification(notification)


def _resets_workflow(plan: Plan) -> bool:
    return any(each.reset is not Reset.ACTIVITY for each in plan.resets)


def _of_attack(result: AttackResult, *, is_excused: bool) -> Iterator[Violation]:
    if result.status == _NO_RESPONSE:
        return
    is_forged = result.attack in UNAUTHENTICATED
    expected = _UNAUTHORIZED if is_forged else _ACCEPTED
    if result.status != expected:
        rule = Rule.FORGERY_ACCEPTED if is_forged else Rule.GENUINE_REFUSED
        yield Violation(rule, result.reference, f"{result.attack}: answered with {result.status}")
    elif result.attack in _FALSE and not is_excused and not result.is_recorded:
        yield Violation(Rule.FALSE_UNRECORDED, result.reference, f"{result.attack}")


def _of_notification(notification: SentNotification) -> Iterator[Violation]:
    for delivery in notification.attempts:
        if delivery.forged and delivery.answer == _ACCEPTED:
            detail = "the simulator's forgery was acknowledged"
            yield Violation(Rule.FORGERY_ACCEPTED, reference_of(notification.paymentRequestId), detail)
