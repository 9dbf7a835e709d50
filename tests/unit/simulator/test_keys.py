"""Changes of keys while the simulator runs, as in the gateway's dashboard."""

from collections.abc import AsyncIterator

import httpx
import pytest

from holdfast.antom.endpoints import Operation
from simulator.http.server import Simulator, running
from simulator.keys import KeyChangeError, Keys, new_pair
from tests.support.eventually import eventually
from tests.support.simulator.merchant import Inbox, Json, Merchant, card


@pytest.fixture
async def changing() -> AsyncIterator[Simulator]:
    """A simulator with keys of its own, which a test changes."""
    simulator = Simulator(Keys.generate())
    async with running(simulator):
        yield simulator


@pytest.fixture
def owner(changing: Simulator, http: httpx.AsyncClient) -> Merchant:
    return Merchant(changing.base_url, changing.keys, http)


async def change(owner: Merchant, **fields: str) -> Json:
    answer = await owner.http.post(f"{owner.base_url}/keys", json=fields)
    shown: Json = answer.raise_for_status().json()
    return shown


async def result_of_inquiry(owner: Merchant, private_key: str) -> str:
    """Returns the result code of a call that is signed with this key."""
    owner.keys.merchant_private_key = private_key
    answer = await owner.send(Operation.INQUIRY_PAYMENT, {"paymentRequestId": "unknown-1"})
    return str(answer.json()["result"]["resultCode"])


async def test_second_merchant_key_is_accepted_beside_the_first_until_that_is_removed(
    owner: Merchant,
) -> None:
    old, (new, new_public) = owner.keys.merchant_private_key, new_pair()
    await change(owner, do="register", merchantPublicKey=new_public)
    assert [await result_of_inquiry(owner, key) for key in (old, new)] == ["ORDER_NOT_EXIST"] * 2
    shown = await change(owner, do="remove", merchantPublicKey=owner.keys.merchant_public_key)
    assert shown["merchantPublicKeys"] == [new_public]
    assert await result_of_inquiry(owner, new) == "ORDER_NOT_EXIST"
    assert await result_of_inquiry(owner, old) == "SIGNATURE_INVALID"


async def test_next_gateway_key_is_shown_before_it_signs(owner: Merchant, changing: Simulator) -> None:
    before = changing.keys.gateway_public_key
    shown = await change(owner, do="prepare")
    assert await change(owner, do="prepare") == shown
    assert shown["gatewayPublicKey"] == before
    assert shown["nextGatewayPublicKey"] not in (before, None)
    assert changing.keys.gateway_public_key == before
    await owner.inquire("unknown-1")
    after = await change(owner, do="switch")
    assert (after["gatewayPublicKey"], after["nextGatewayPublicKey"]) == (shown["nextGatewayPublicKey"], None)
    await owner.inquire("unknown-1")


async def test_notifications_are_signed_with_the_current_key(
    owner: Merchant, changing: Simulator, inbox: Inbox
) -> None:
    await change(owner, do="prepare")
    await change(owner, do="switch")
    inbox.keys = changing.keys
    await owner.pay(meta=card(), notify_url=inbox.url)
    await eventually(lambda: bool(changing.notifications() and changing.notifications()[0]["acknowledged"]))


@pytest.mark.parametrize(
    "change_of_keys",
    [
        {},
        {"do": "dance"},
        {"do": "switch"},
        {"do": "register"},
        {"do": "register", "merchantPublicKey": "no key"},
        {"do": "remove", "merchantPublicKey": "no key"},
    ],
)
async def test_invalid_change_is_refused(owner: Merchant, change_of_keys: Json) -> None:
    assert (await owner.http.post(f"{owner.base_url}/keys", json=change_of_keys)).status_code == 400


def test_last_merchant_key_cannot_be_removed() -> None:
    keys = Keys.generate()
    with pytest.raises(KeyChangeError):
        keys.remove(keys.merchant_public_key)


async def test_private_keys_are_not_shown(owner: Merchant, changing: Simulator) -> None:
    shown = str(await change(owner, do="prepare"))
    assert changing.keys.merchant_private_key not in shown
    assert changing.keys.gateway_private_key not in shown
