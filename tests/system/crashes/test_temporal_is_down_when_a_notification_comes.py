"""Nothing is acknowledged that is not durable: the gateway keeps what Temporal cannot take."""

from holdfast import PaymentStatus
from tests.support.crashes.machine import Machine
from tests.support.crashes.payment_flows import patiently


async def test_webhook_answers_503_and_the_gateway_sends_again(machine: Machine) -> None:
    reference = machine.reference("temporal-down")
    await patiently(lambda: machine.authorize(reference))
    await machine.temporal.kill()
    await machine.gateway.buyer(reference, "pay")
    await machine.gateway.is_notified(reference, answered=True)
    [notification] = await machine.gateway.notifications(reference)
    assert notification["attempts"][0]["answer"] == 503

    await machine.temporal.start()
    authorized = await patiently(lambda: machine.becomes(reference, PaymentStatus.AUTHORIZED))
    assert authorized.attempts[-1].decidedBy == "NOTIFICATION"
    await patiently(lambda: machine.payments.capture(reference))
    await machine.assert_captured_once(reference)
    assert await machine.gateway.calls(reference, "inquiryPayment") == []
