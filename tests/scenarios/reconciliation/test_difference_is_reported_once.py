"""A difference is reported once, and is on the review list until an operator acknowledges it."""

import asyncio
import re
import shlex
import sys
from pathlib import Path

import pytest
from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    ScheduleHandle,
    ScheduleOverlapPolicy,
)

from holdfast import DifferenceNotice, InvalidRequest, Outcome, PaymentEnded, Resolution
from holdfast.temporal.names import DIFFERENCE, workflow_id
from holdfast.temporal.search_attributes import NEEDS_REVIEW
from tests.support.eventually import eventually
from tests.support.scenarios.accounts import Books, kinds
from tests.support.world import AGAIN

RECONCILIATION = Path(__file__).parents[3] / "docs" / "operations" / "reconciliation.md"
ACKNOWLEDGEMENT = Resolution(
    outcome=Outcome.ACKNOWLEDGED, resolvedBy="ops-7", reason="cancelled there", evidence="dashboard"
)


def documented(text: str) -> str:
    """Returns the command of the page that contains the text."""
    section = RECONCILIATION.read_text()
    fenced = "".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL)).replace("\\\n", " ")
    inline = re.findall(r"`(temporal [^`]+)`", re.sub(r"```.*?```", "", section, flags=re.DOTALL))
    commands = [" ".join(command.split()) for command in (*fenced.splitlines(), *inline)]
    [command] = [command for command in commands if text in command]
    return command


async def run(client: Client, command: str) -> str:
    """Runs a command and returns its output."""
    process = await asyncio.create_subprocess_exec(
        *shlex.split(command),
        env={"PATH": str(Path(sys.executable).parent), "HOME": "/nonexistent"}
        | {"TEMPORAL_ADDRESS": client.service_client.config.target_host},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode()


async def _difference(shop: Books) -> str:
    """Reports the unknown authorization of an ended payment, and returns the difference's workflow id."""
    reference = await shop.cancelled("reported-once")
    shop.operate_dashboard(f"{reference}-1", "hold")
    assert kinds((await shop.reconcile()).differences) == ["UNKNOWN_HOLD REPORTED"]
    [listed] = await shop.becomes_listed(1)
    shop.world.scenarios[listed] = "difference"
    return listed


async def test_second_run_reports_no_difference_twice(shop: Books) -> None:
    listed = await _difference(shop)
    again = await shop.reconcile()
    assert kinds(again.differences) == ["UNKNOWN_HOLD REPORTED_BEFORE"]
    assert await shop.review_items() == [listed]


async def test_acknowledged_difference_leaves_the_review_list_and_is_not_reported_again(shop: Books) -> None:
    listed = await _difference(shop)
    notice = await shop.reconciliations.close(listed, ACKNOWLEDGEMENT)
    assert notice.resolution == ACKNOWLEDGEMENT
    handle = shop.world.client.get_workflow_handle(listed, result_type=DifferenceNotice)
    assert (await handle.result()).resolution == ACKNOWLEDGEMENT
    assert (await handle.describe()).typed_search_attributes[NEEDS_REVIEW] is False
    assert await shop.becomes_listed(0) == []
    assert kinds((await shop.reconcile()).differences) == ["UNKNOWN_HOLD REPORTED_BEFORE"]
    assert await shop.review_items() == []
    with pytest.raises(PaymentEnded):
        await shop.reconciliations.close(listed, ACKNOWLEDGEMENT)


async def test_difference_cannot_be_resolved_with_a_payment_outcome(shop: Books) -> None:
    listed = await _difference(shop)
    wrong = ACKNOWLEDGEMENT.model_copy(update={"outcome": Outcome.CANCELLED})
    with pytest.raises(InvalidRequest, match="outcome: must be ACKNOWLEDGED"):
        await shop.reconciliations.close(listed, wrong)
    assert await shop.review_items() == [listed]


async def test_acknowledged_review_is_not_flagged_again(shop: Books) -> None:
    shop.keeps_histories = True
    reference = await shop.started("taken-twice-flagged-once")
    shop.operate_dashboard(f"{reference}-1", "capture", value=10000, captureRequestId="by-hand")
    assert kinds((await shop.reconcile()).differences) == ["UNKNOWN_CAPTURE CORRECTED"]
    assert (await shop.world.payments.resolve(reference, ACKNOWLEDGEMENT)).review is None
    shop.operate_dashboard(f"{reference}-1", "capture", value=10000, captureRequestId="by-hand")
    assert kinds((await shop.reconcile()).differences) == ["UNKNOWN_CAPTURE FLAGGED"]
    assert (await shop.world.payments.resolve(reference, ACKNOWLEDGEMENT)).review is None
    assert kinds((await shop.reconcile()).differences) == ["UNKNOWN_CAPTURE FLAGGED"]
    assert (await shop.payment(reference)).review is None


async def test_changed_difference_is_a_new_difference(shop: Books) -> None:
    listed = await _difference(shop)
    shop.operate_dashboard(f"{listed.removeprefix('difference-').rpartition('-')[0]}-1", "capture")
    assert kinds((await shop.reconcile()).differences) == ["UNKNOWN_CAPTURE REPORTED"]
    assert len(await shop.becomes_listed(2)) == 2


async def test_review_list_names_the_payment_of_a_difference(shop: Books) -> None:
    listed = await _difference(shop)
    [item] = [i async for i in shop.world.payments.needing_review() if i.workflow_id == listed]
    assert item.workflow_type == DIFFERENCE
    assert item.payment_reference is not None
    assert workflow_id(item.payment_reference) in [
        execution.id async for execution in shop.world.client.list_workflows("WorkflowType = 'CardPayment'")
    ]
    assert (
        item.payment_id
        == shop.world.simulator.ledger()["payments"][f"{item.payment_reference}-1"]["paymentId"]
    )


async def test_documented_commands_reconcile_and_acknowledge(shop: Books) -> None:
    client = shop.world.client
    # all tests share the gateway, whose list contains the payments of other tests
    mine = f'{{"merchantAccount": "{shop.account}", "readEvents": false, '
    reference = await shop.cancelled("reported-cli")
    shop.operate_dashboard(f"{reference}-1", "hold")
    name = f"reconciliation-{shop.account}"

    def of_mine(command: str) -> str:
        return command.replace("reconciliation-default", name).replace("'{", f"'{mine}")

    await run(client, of_mine(documented("workflow start")))
    started = client.get_workflow_handle(name)
    await shop.world.env.skip_until_done(started, started.result(), AGAIN)
    assert re.search(r"different\W+1\b", await run(client, of_mine(documented("workflow query"))))
    [listed] = await shop.becomes_listed(1)
    resolve = documented("--name resolve").replace("difference-ORDER_1-0123456789abcdef", listed)
    await run(client, resolve)
    assert await shop.becomes_listed(0) == []


async def test_documented_command_reconciles_one_payment(shop: Books) -> None:
    shop.keeps_histories = True
    reference = await shop.started("cli-one")
    shop.operate_dashboard(f"{reference}-1", "void")
    command = documented("--name reconcile").replace("card-payment-ORDER_1", workflow_id(reference))
    assert "CANCELLED" in await run(shop.world.client, command)


async def test_schedule_starts_one_run_at_a_time(shop: Books) -> None:
    reference = await shop.captured("scheduled")
    request = {"merchantAccount": shop.account, "last": 86400}
    name = await shop.reconciliations.schedule(request, cron="0 3 * * *")
    await _runs_on_schedule(shop, name, reference)


async def test_documented_command_creates_the_same_schedule(shop: Books) -> None:
    reference = await shop.captured("scheduled-cli")
    name = f"reconciliation-{shop.account}"
    command = documented("schedule create").replace("reconciliation-default", name)
    mine = command.replace("'{", f'\'{{"merchantAccount": "{shop.account}", ')
    await run(shop.world.client, mine)
    await _runs_on_schedule(shop, name, reference)


async def _runs_on_schedule(shop: Books, name: str, reference: str) -> None:
    schedule = shop.world.client.get_schedule_handle(name)
    about = (await schedule.describe()).schedule
    assert about.policy.overlap is ScheduleOverlapPolicy.SKIP
    await schedule.trigger()

    started = shop.world.client.get_workflow_handle(await _begun_by(schedule))
    await shop.world.env.skip_until_done(started, started.result(), AGAIN)
    assert len(shop.world.calls(reference, "inquiryPayment")) == 1
    await schedule.delete()


async def _begun_by(schedule: ScheduleHandle) -> str:
    """The workflow id of the one run that the schedule has begun."""

    async def has_begun() -> bool:
        return len((await schedule.describe()).info.recent_actions) == 1

    await eventually(has_begun)
    [begun] = (await schedule.describe()).info.recent_actions
    assert isinstance(begun.action, ScheduleActionExecutionStartWorkflow)
    return begun.action.workflow_id


async def test_two_starts_of_the_same_period_join_one_run(shop: Books) -> None:
    reference = await shop.captured("one-run")
    first, second = await asyncio.gather(shop.start(), shop.start())
    assert first == second
    assert (await shop.reconciliations.result(first)).compared == 1
    assert len(shop.world.calls(reference, "inquiryPayment")) == 1


async def test_progress_is_reported_during_the_run(shop: Books) -> None:
    references = [await shop.captured("progress") for _ in range(3)]
    progressing = await shop.start(pageSize=1, inquiriesPerSecond=1)

    async def has_begun() -> bool:
        return (await shop.reconciliations.report(progressing)).compared >= 1

    await eventually(has_begun)
    so_far = await shop.reconciliations.report(progressing)
    assert (so_far.expected, so_far.agreed) == (3, so_far.compared)
    assert so_far.compared < len(references)
    assert (await shop.reconciliations.result(progressing)).agreed == 3
