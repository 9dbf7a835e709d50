"""Payments are made, read, captured and cancelled from the command line, judged by the gateway's ledger."""

import asyncio
import signal

from pydantic import TypeAdapter

from holdfast import PaymentStatus as S
from holdfast.payment_list import ListedPayment
from simulator.http.server import Simulator, running
from tests.support.crashes.system import SystemUnderTest
from tests.support.eventually import eventually
from tests.system.cli.conftest import CommandLine
from tools.local_stack.merchant_environment import SIMULATOR_URL

_LISTED = TypeAdapter(list[ListedPayment])


async def authorized(cli: CommandLine) -> str:
    """Returns the reference of a payment of EUR 12.50 that is held."""
    payment = await cli.json("pay", "--card", "visa", "--manual")
    assert payment.status is S.AUTHORIZED
    assert (await cli.system.gateway.summary(payment.paymentReference)).held == 1250
    return payment.paymentReference


async def test_capture_that_is_repeated_takes_the_money_once(cli: CommandLine) -> None:
    reference = await authorized(cli)
    for _ in range(2):
        payment = await cli.json("capture", reference)
        assert payment.status is S.CAPTURED
    money = await cli.system.gateway.summary(reference)
    assert (money.captured, money.held, money.capture_calls) == (1250, 0, 1)
    shown = await cli.json("show", reference)
    assert shown == await cli.system.payments.get(reference)
    text = (await cli.run("show", reference)).out
    assert "EUR 12.50 is captured." in text
    assert "capture requested → CAPTURING" in text


async def test_captures_in_parts_with_keys_add_up(cli: CommandLine) -> None:
    reference = await authorized(cli)
    first = ("capture", reference, "--amount", "5.00", "--key", "first", "--more")
    for _ in range(2):
        assert (await cli.json(*first)).status is S.PARTIALLY_CAPTURED
    assert (await cli.system.gateway.summary(reference)).captured == 500
    rest = await cli.run("capture", reference, "--minor-units", "750", "--key", "rest")
    assert (rest.status, rest.err) == (0, "")
    assert rest.out.split() == [reference, "CAPTURED", "EUR", "12.50", "is", "captured."]
    money = await cli.system.gateway.summary(reference)
    assert (money.captured, money.capture_calls) == (1250, 2)


async def test_capture_that_is_refused_takes_nothing(cli: CommandLine) -> None:
    reference = await authorized(cli)
    too_much = await cli.run("capture", reference, "--amount", "12.51")
    assert (too_much.status, too_much.out) == (1, "")
    assert too_much.err.startswith("holdfast: ")
    inexact = await cli.run("capture", reference, "--amount", "12.5")
    assert (inexact.status, inexact.err.splitlines()[0]) == (
        2,
        "holdfast: --amount '12.5' is no amount in EUR",
    )
    money = await cli.system.gateway.summary(reference)
    assert (money.captured, money.held, money.capture_calls) == (0, 1250, 0)


async def test_capture_without_a_result_is_not_reported_as_done(cli: CommandLine) -> None:
    reference = await authorized(cli)
    gateway = cli.system.gateway
    await gateway.inject_fault(reference, "notification", "none", times=-1)
    await gateway.inject_fault(reference, "capture", "in_process", seconds=3600)
    done = await cli.run("capture", reference)
    assert done.status == 6
    assert done.out.split()[1] == "CAPTURING"
    assert done.err.strip() == f"The outcome is not known yet: holdfast watch {reference}"


async def test_cancelled_payment_holds_nothing(cli: CommandLine) -> None:
    reference = await authorized(cli)
    for _ in range(2):
        done = await cli.run("cancel", reference, "--reason", "out of stock")
        assert (done.status, done.out.split()[1]) == (0, "CANCELLED")
    money = await cli.system.gateway.summary(reference)
    assert (money.held, money.captured, money.voided) == (0, 0, 1)
    refused = await cli.run("capture", reference)
    assert (refused.status, len(refused.err.splitlines())) == (1, 2)
    assert (await cli.system.gateway.summary(reference)).capture_calls == 0


async def test_declined_card_is_no_success_and_holds_nothing(cli: CommandLine) -> None:
    done = await cli.run("pay", "--card", "declined", "--reference", cli.system.reference("declined"))
    reference, status = done.out.split()[:2]
    assert (done.status, status) == (1, "DECLINED")
    assert "DO_NOT_HONOR" in done.out
    assert (await cli.system.gateway.order(reference)).maxLiveAuthorizations == 0


async def test_payment_on_the_hosted_page_is_watched_until_its_end(cli: CommandLine) -> None:
    done = await cli.run("pay", "--amount", "8.00")
    reference = done.out.split()[0]
    assert (done.status, done.out.split()[1]) == (0, "ACTION_REQUIRED")
    page = done.out.splitlines()[-1].removeprefix("Pay here: ")
    assert page.startswith(cli.merchant[SIMULATOR_URL])
    async with cli.started("watch", reference, "--interval", "0.2") as watching:
        assert watching.stdout is not None
        assert b"ACTION_REQUIRED" in await watching.stdout.readline()
        assert await cli.system.gateway.act_as_buyer(f"{reference}-1", "pay")
        rest, _ = await asyncio.wait_for(watching.communicate(), 60)
    assert watching.returncode == 0
    assert b"CAPTURED  EUR 8.00 is captured." in rest.splitlines()[-1]
    assert (await cli.system.gateway.summary(reference)).captured == 800


async def test_refresh_asks_the_gateway(cli: CommandLine) -> None:
    reference = (await cli.json("pay", "--manual")).paymentReference
    await cli.system.gateway.inject_fault(reference, "notification", "none", times=-1)
    assert await cli.system.gateway.act_as_buyer(f"{reference}-1", "pay")
    before = (await cli.system.gateway.summary(reference)).inquiries
    assert (await cli.json("refresh", reference)).status is S.AUTHORIZED
    assert (await cli.system.gateway.summary(reference)).inquiries > before


async def test_list_shows_the_newest_payments_by_status(cli: CommandLine) -> None:
    references = [await authorized(cli) for _ in range(2)]

    async def listed() -> list[ListedPayment]:
        done = await cli.run(
            "list", "--status", "authorized", "--limit", "2", "--account", "default", "--json"
        )
        assert done.status == 0, done
        return _LISTED.validate_json(done.out)

    async def are_listed() -> bool:
        return [each.paymentReference for each in await listed()] == references[::-1]

    await eventually(are_listed)
    newest = (await listed())[0]
    assert newest.status is S.AUTHORIZED
    assert newest.amount == "EUR 12.50"
    assert newest.startedAt.utcoffset() is not None
    text = (await cli.run("list", "--limit", "1")).out
    assert references[-1] in text
    assert (await cli.run("list", "--account", "of'nobody\\")).out.strip() == "No payment."


async def test_stream_of_changes_has_a_line_of_json_for_each(cli: CommandLine) -> None:
    async with cli.started("watch", "--json", "--interval", "0.2") as watching:
        assert watching.stdout is not None
        reference = await authorized(cli)
        async with asyncio.timeout(60):
            async for line in watching.stdout:
                change = ListedPayment.model_validate_json(line)
                if (change.paymentReference, change.status) == (reference, S.AUTHORIZED):
                    break
        watching.send_signal(signal.SIGINT)
        _, errors = await watching.communicate()
    assert (watching.returncode, errors) == (130, b"")


async def test_payment_that_does_not_exist_is_not_found(cli: CommandLine) -> None:
    for command in (("show", "ABSENT"), ("refresh", "ABSENT"), ("capture", "ABSENT"), ("watch", "ABSENT")):
        done = await cli.run(*command)
        assert (done.status, done.out) == (4, ""), done
        assert len(done.err.splitlines()) == 2


async def test_pay_refuses_every_gateway_but_the_simulator(cli: CommandLine, system: SystemUnderTest) -> None:
    unset = {name: value for name, value in cli.merchant.items() if name != SIMULATOR_URL}
    other = {**cli.merchant, "ANTOM_GATEWAY_URL": "https://open-sea-global.alipay.com"}
    no_simulator = {**cli.merchant, SIMULATOR_URL: system.stack.ports.url("ui")}
    away = {**cli.merchant, SIMULATOR_URL: "http://127.0.0.1:1"}
    before = len(await system.gateway.calls())
    for environment, status in ((unset, 2), (other, 1), (no_simulator, 1), (away, 3)):
        done = await cli.run("pay", "--card", "visa", environment=environment)
        assert (done.status, done.out) == (status, ""), done
        assert SIMULATOR_URL in done.err
    assert len(await system.gateway.calls()) == before


async def test_payment_at_another_gateway_than_the_simulator_is_cancelled(
    cli: CommandLine, system: SystemUnderTest
) -> None:
    reference = system.reference("other-gateway")
    async with running(Simulator()) as url:
        done = await cli.run(
            "pay", "--card", "visa", "--manual", "--reference", reference,
            environment={**cli.merchant, SIMULATOR_URL: url},
        )  # fmt: skip
    assert done.status == 1
    assert "the payment is cancelled" in done.err
    assert (await system.payments.get(reference)).status is S.CANCELLED
    assert (await system.gateway.summary(reference)).held == 0
