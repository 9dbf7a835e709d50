"""The gateway declines with an amount that is not the order's, and does not know the order afterwards."""

from datetime import timedelta
from typing import Any

from holdfast import PaymentStatus
from holdfast.antom.client import AntomClient
from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.antom.models import PayRequest, PayResponse
from holdfast.antom.outcome import Happened, Outcome
from tests.support.scenarios.split_workers import SplitWorkers
from tests.support.scenarios.unusable_gateway import activities
from tests.support.world import VISA, World, account_of


class _MalformedDecline(AntomClient):
    """A client whose pay calls do not arrive, and are answered with a decline of another amount."""

    async def pay(self, request: PayRequest, **_: Any) -> Outcome[PayResponse]:
        """Returns the decline."""
        result = {"resultCode": "DO_NOT_HONOR", "resultStatus": "F", "resultMessage": "declined"}
        amount = {"currency": "EUR", "value": "1"}
        return Happened(PayResponse.model_validate({"result": result, "paymentAmount": amount}))


async def test_attempt_is_declined_once_its_absence_is_confirmed(world: World) -> None:
    reference, split = world.reference("malformed-decline"), SplitWorkers(world)
    order = await world.order(reference, card=VISA)
    async with (
        _MalformedDecline(account_of(world.simulator)) as gateway,
        split.workflows(),
        split.activities(activities(world, {"default": gateway}, world.vault)),
    ):
        with world.env.with_time_skipping_disabled():
            payment = await world.answer(reference, split.payments.authorize(order), timedelta(seconds=16))
    assert payment.status is PaymentStatus.DECLINED
    assert payment.attempts[0].resultCode == ORDER_NOT_EXIST
    assert payment.review is not None
    assert "amount" in payment.review.reason
    assert len(world.calls(reference, "inquiryPayment")) < 10
    assert world.ledger(reference) == {}
