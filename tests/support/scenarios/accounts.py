"""One merchant account per test, so that a reconciliation sees the payments of that test alone."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from activities.gateway.pay_request import pay_request
from holdfast import Amount, Payment, PaymentStatus, ReconciliationClient, ReconciliationReport
from holdfast.antom.client import AntomClient
from holdfast.antom.outcome import Happened
from holdfast.reconciliation.report import ReportedDifference
from holdfast.temporal.names import CARD_PAYMENT, TASK_QUEUE, workflow_id
from tests.support.eventually import eventually
from tests.support.world import DECLINED_VISA, VISA, World, account_of, card_data

FAST: dict[str, object] = {"inquiriesPerSecond": 50}


class Books:
    """The payments of one merchant account, and their reconciliation."""

    def __init__(self, world: World, account: str) -> None:
        self.world = world
        self.account = account
        self.began_at = datetime.now(UTC)
        self.reconciliations = ReconciliationClient(world.client)
        self.keeps_histories = False
        """Whether tests/replay needs histories of this test, because its payments differ from others."""
        self._references: set[str] = set()
        self._lost_at: datetime | None = None

    async def close(self) -> None:
        """Waits for the next second, so that the next test's period contains no lost order of this test."""
        if self._lost_at is not None:
            remaining = self._lost_at + timedelta(seconds=1) - datetime.now(UTC)
            await asyncio.sleep(max(0.0, remaining.total_seconds()))

    def operate_dashboard(self, payment_request_id: str, operation: str, **more: object) -> None:
        """Changes a payment at the gateway without a notification."""
        self.world.simulator.operate_dashboard(payment_request_id, operation, **more)

    def reference(self, story: str) -> str:
        """Returns an unused reference for a payment that is going to be started."""
        reference = self.world.reference(story)
        self._references.add(reference)
        if not self.keeps_histories:
            del self.world.scenarios[workflow_id(reference)]
        return reference

    async def started(self, story: str, *, card: str | None = VISA, **fields: Any) -> str:
        """Authorizes a payment of EUR 300.00, by default with manual capture. Returns its reference."""
        reference = self.reference(story)
        await self.world.authorize(reference, card=card, merchantAccount=self.account, **fields)
        return reference

    async def begun(self, reference: str, **fields: Any) -> str:
        """Starts a payment and waits for its pay call only. Returns its reference."""
        order = await self.world.order(reference, card=VISA, merchantAccount=self.account, **fields)
        with self.world.env.with_time_skipping_disabled():
            await self.world.client.start_workflow(
                CARD_PAYMENT, order, id=workflow_id(reference), task_queue=TASK_QUEUE
            )
        await eventually(lambda: bool(self.world.calls(reference, "pay")))
        return reference

    async def capture_part(self, reference: str) -> None:
        """Captures a third of the payment, with further captures to follow."""
        part = Amount(currency="EUR", value="10000")
        await self.world.payments.capture(reference, part, is_last_capture=False, key="part")

    async def captured(self, story: str) -> str:
        """Returns the reference of a payment that has ended as captured."""
        reference = await self.started(story)
        await self.world.payments.capture(reference)
        return await self._ended(reference, PaymentStatus.CAPTURED)

    async def cancelled(self, story: str) -> str:
        """Returns the reference of a payment that has ended as cancelled."""
        reference = await self.started(story)
        await self.world.payments.cancel(reference, "out of stock")
        return await self._ended(reference, PaymentStatus.CANCELLED)

    async def second_card(self, story: str) -> str:
        """Returns the reference of a payment with a declined and then an authorized attempt."""
        reference = await self.started(story, card=DECLINED_VISA)
        another = (await self.world.order(reference, card=VISA)).paymentMethod
        assert (await self.world.payments.retry(reference, another)).status is PaymentStatus.AUTHORIZED
        return reference

    async def _ended(self, reference: str, status: PaymentStatus) -> str:
        assert (await self.world.handle(reference).result()).status is status
        return reference

    async def paid_without_holdfast(self, reference: str, attempt: int = 1, request_id: str = "") -> None:
        """Makes an attempt at the gateway without a workflow, as after a loss of Temporal's database."""
        order, name = await self.world.order(reference), request_id or f"{reference}-{attempt}"
        request = pay_request(order, name, "http://127.0.0.1:9/n", card_data(VISA))
        async with AntomClient(account_of(self.world.simulator)) as gateway:
            assert isinstance(await gateway.pay(request), Happened)
        self._lost_at = datetime.now(UTC)

    async def payment(self, reference: str) -> Payment:
        """Returns the payment as Holdfast knows it."""
        return await self.world.payments.get(reference)

    async def reconcile(self, **fields: object) -> ReconciliationReport:
        """Reconciles all payments of this test, and returns the report."""
        return await self.reconciliations.result(await self.start(**fields))

    async def start(self, **fields: object) -> str:
        """Starts a reconciliation, by default of the whole period of this test. Returns its workflow id."""
        await eventually(self._are_listed)
        period = {} if "references" in fields else {"since": self.began_at}
        request: dict[str, Any] = {"merchantAccount": self.account, **period, **FAST, **fields}
        workflow_id = await self.reconciliations.start(request)
        self.world.scenarios[workflow_id] = "reconciliation"
        return workflow_id

    async def review_items(self) -> list[str]:
        """Returns the workflow ids of this account's open review items."""
        items = [item async for item in self.world.payments.needing_review()]
        return [item.workflow_id for item in items if item.merchant_account == self.account]

    async def becomes_listed(self, number: int) -> list[str]:
        """Waits until the list has `number` open review items of this account, and returns them."""

        async def is_listed() -> bool:
            return len(await self.review_items()) == number

        await eventually(is_listed)
        return await self.review_items()

    async def _are_listed(self) -> bool:
        """Returns whether Temporal's list contains all payments of this test."""
        query = f"WorkflowType = '{CARD_PAYMENT}' AND MerchantAccount = '{self.account}'"
        listed = {execution.id async for execution in self.world.client.list_workflows(query)}
        return len(listed) >= len(self._references)


def kinds(found: Sequence[ReportedDifference]) -> list[str]:
    """Returns kind and disposition of each difference, sorted."""
    return sorted(f"{each.difference.kind} {each.disposition}" for each in found)


def assert_no_difference(report: ReconciliationReport, number: int) -> None:
    """Asserts that the report counts so many payments, none of which differs."""
    assert kinds(report.differences) == []
    assert (report.compared, report.different, report.corrected) == (number, 0, 0)
    assert report.agreed + report.inProgress == number
