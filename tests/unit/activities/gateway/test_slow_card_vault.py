"""A card vault that answers only after the deadline of the pay call: the call is not sent."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.calls import Failure, PayCall
from activities.earlier_sends import EarlierSends
from activities.gateway import pay_deadline
from activities.gateway.payments import GatewayActivities
from holdfast.card_vault import CardData, Keyring, SqliteCardVault
from holdfast.order import parse_order
from tests.support.orders import order_fields
from tests.support.world import VAULT_KEY, VISA, card_data


class SlowVault(SqliteCardVault):
    """A vault that answers after ten seconds of this machine's clock."""

    def __init__(self, folder: Path, clock: list[float]) -> None:
        super().__init__(folder / "vault.db", Keyring.parse(VAULT_KEY, "KEYS"))
        self._clock = clock

    async def get(self, reference: str) -> CardData:
        """Returns the card after ten seconds."""
        self._clock[0] += 10
        return await super().get(reference)


@pytest.mark.parametrize("earlier", [False, True])
async def test_call_whose_card_is_read_until_the_deadline_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, earlier: bool
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(pay_deadline, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    vault = SlowVault(tmp_path, clock)
    environment = ActivityEnvironment()
    info = ActivityEnvironment.default_info()
    method = {"paymentMethodType": "CARD", "cardReference": await vault.put(card_data(VISA))}
    call = PayCall(
        order=parse_order(order_fields(paymentMethod=method)),
        paymentRequestId="ORDER_1-1",
        expiresAt=info.started_time + timedelta(seconds=5),
        earlierSends=EarlierSends(firstRunId=info.workflow_run_id or "", isRepeat=earlier),
    )
    activities = GatewayActivities({"default": None}, "", vault)  # type: ignore[dict-item]  # no call may reach a client
    with pytest.raises(ApplicationError) as raised:
        await environment.run(activities.pay, call)
    assert raised.value.type == (Failure.OUTCOME_UNKNOWN if earlier else Failure.TOO_LATE)
