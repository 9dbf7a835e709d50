"""The webhook acknowledges nothing that is not durable: the gateway repeats what Temporal cannot take."""

from holdfast import PaymentStatus
from tests.support.crashes.payment_flows import with_retries
from tests.support.crashes.system import SystemUnderTest


async def test_notification_while_temporal_is_down_gets_503_and_is_repeated(system: SystemUnderTest) -> None:
    reference = system.reference("temporal-down")
    await with_retries(lambda: system.authorize(reference))
    await system.temporal.kill()
    await system.gateway.act_as_buyer(f"{reference}-1", "pay")
    await system.gateway.wait_for_delivery(reference, is_answered=True)
    [notification] = await system.gateway.notifications_of(reference)
    assert notification.attempts[0].answer == 503

    await system.temporal.start()
    authorized = await with_retries(lambda: system.becomes(reference, PaymentStatus.AUTHORIZED))
    assert authorized.attempts[-1].decidedBy == "NOTIFICATION"
    await with_retries(lambda: system.payments.capture(reference))
    await system.assert_captured_once(reference)
    assert await system.gateway.calls_of(reference, "inquiryPayment") == []
