"""The gateway may send the card token in `cardInfo`, and other details in `paymentResultInfo`."""

from holdfast import PaymentStatus
from tests.support.world import World


async def test_card_token_beside_the_newer_field_is_kept(world: World) -> None:
    reference = world.reference("token-in-card-info")
    await world.authorize(reference, card=None)
    world.fault(reference, "notification", "none", times=-1)
    await world.buyer(reference, "pay")
    await world.notify_success(
        reference,
        paymentResultInfo={"cardBrand": "VISA", "lastFour": "0768", "cardToken": ""},
        cardInfo={"cardBrand": "OTHER", "cardToken": "ALIPAY_TOKEN_1", "issuingCountry": "US"},
    )
    payment = await world.becomes(reference, PaymentStatus.AUTHORIZED)
    assert payment.cardToken == "ALIPAY_TOKEN_1"
    info = payment.attempt.paymentResultInfo
    assert info is not None
    assert (info.cardBrand, info.lastFour, info.issuingCountry) == ("VISA", "0768", "US")
    await world.payments.cancel(reference, "end of the test")
