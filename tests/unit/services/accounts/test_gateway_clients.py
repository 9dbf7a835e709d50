"""The gateway clients of one process."""

from datetime import timedelta

from holdfast.antom.accepted_answers import AcceptedAnswers
from holdfast.antom.models import InquiryPaymentRequest
from holdfast.antom.outcome import Happened, Unknown
from services.accounts.gateway_clients import GatewayClients
from simulator.http.server import Simulator, running
from tests.support.world import account_of

INQUIRY = InquiryPaymentRequest(paymentRequestId="order-1-1")


async def test_answer_to_one_alias_does_not_count_for_another_alias_of_the_same_client_id() -> None:
    simulator = Simulator()
    async with running(simulator):
        shop = account_of(simulator)
        async with GatewayClients({"shop": shop, "same-shop": shop}) as clients:
            assert isinstance(await clients["shop"].inquire_payment(INQUIRY), Happened)
            simulator.inject_fault("inquiryPayment", "replayed")
            assert isinstance(await clients["same-shop"].inquire_payment(INQUIRY), Unknown)


async def test_clients_have_the_skew_of_the_process() -> None:
    simulator = Simulator()
    async with running(simulator):
        accepted = AcceptedAnswers(timedelta(minutes=30))
        async with GatewayClients({"shop": account_of(simulator)}, accepted=accepted) as clients:
            for minutes, expected in ((20, Happened), (40, Unknown)):
                simulator.inject_fault("inquiryPayment", "stale_time", seconds=60 * minutes)
                assert isinstance(await clients["shop"].inquire_payment(INQUIRY), expected)
