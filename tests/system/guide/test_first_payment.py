"""The first payments of the guide, typed as they stand there, and judged by the gateway's ledger."""

import pytest

from holdfast import PaymentStatus
from holdfast.temporal.codec import codec_from
from tests.support.guide.page import section, without_variables
from tests.support.guide.reader import DECLINED_CARD, Reader, reference_in
from tests.support.leaks.temporal_store import everything, leaks_of

pytestmark = pytest.mark.timeout(300)
PYTHON = section("### In Python")
COMMAND_LINE = section("### With the command line")
TYPESCRIPT = section("### In TypeScript")
OWN_CARD_FORM = section("### With a card from your own page")


async def test_first_payment_in_python_is_captured_once(reader: Reader) -> None:
    [run], [expected] = PYTHON.blocks("sh"), PYTHON.blocks("text")
    async with reader.terminal() as shell:
        await shell.type(run)
        await reader.pays(shell)
        output = await shell.finished()
    assert without_variables(output) == without_variables(expected)
    await reader.assert_captured_once(output)


async def test_first_payment_with_the_declined_card_of_the_guide_ends_as_declined(reader: Reader) -> None:
    [run] = PYTHON.blocks("sh")
    async with reader.terminal() as shell:
        await shell.type(run)
        await reader.pays(shell, DECLINED_CARD)
        output = await shell.finished()
    assert output.splitlines()[-1].endswith(" is DECLINED")
    assert (await reader.system.gateway.order(reference_in(output))).maxLiveAuthorizations == 0


async def test_first_payment_with_the_command_line_is_captured_once(reader: Reader) -> None:
    authorize, query, capture, _ = COMMAND_LINE.blocks("sh")
    async with reader.terminal() as shell:
        output = await shell.run(authorize)
        assert without_variables(output) == without_variables(COMMAND_LINE.blocks("text")[0])
        await reader.pays(shell)
        reference = (await shell.run('echo "$REFERENCE"')).strip()
        await reader.system.payments.wait(reference, until=[PaymentStatus.AUTHORIZED])
        assert _last_status(await shell.run(query)) == "AUTHORIZED"
        assert _last_status(await shell.run(capture)) in ("CAPTURED", "CAPTURING")
    await reader.assert_captured_once(reference)


async def test_payment_cancelled_with_the_command_line_holds_nothing(reader: Reader) -> None:
    authorize, _, _, cancel = COMMAND_LINE.blocks("sh")
    async with reader.terminal() as shell:
        await shell.run(authorize)
        assert _last_status(await shell.run(cancel)) == "CANCELLED"
        reference = (await shell.run('echo "$REFERENCE"')).strip()
    assert (await reader.system.gateway.order(reference)).maxLiveAuthorizations == 0
    assert await reader.system.gateway.calls_of(reference, "cancel")


@pytest.mark.usefixtures("packages")
async def test_first_payment_in_typescript_is_captured_once(reader: Reader) -> None:
    _, run, _ = TYPESCRIPT.blocks("sh")
    async with reader.terminal() as shell:
        await shell.run("cd examples/typescript")
        await shell.type(run)
        await reader.pays(shell)
        output = await shell.finished()
    assert without_variables(output) == without_variables(TYPESCRIPT.blocks("text")[0])
    await reader.assert_captured_once(output)


@pytest.mark.usefixtures("packages")
async def test_refused_capture_in_typescript_is_recognised_by_its_type(reader: Reader) -> None:
    _, _, run = TYPESCRIPT.blocks("sh")
    async with reader.terminal() as shell:
        await shell.run("cd examples/typescript")
        output = await shell.run(run)
    assert without_variables(output) == without_variables(TYPESCRIPT.blocks("text")[1])
    order = await reader.system.gateway.order(reference_in(output))
    assert (order.maxLiveAuthorizations, order.capturedAmount) == (0, 0)


async def test_card_of_an_own_page_is_captured_once_and_never_in_temporal(reader: Reader) -> None:
    [run], [expected] = OWN_CARD_FORM.blocks("sh"), OWN_CARD_FORM.blocks("text")
    async with reader.terminal() as shell:
        output = await shell.run(run)
    assert without_variables(output) == without_variables(expected)
    await reader.assert_captured_once(output)
    codec = codec_from(reader.system.stack.codec_keys)
    async for message in everything(reader.system.client):
        assert await leaks_of(message, codec, is_encrypted=reader.is_encrypted) == []


def _last_status(output: str) -> str:
    return output.rstrip().splitlines()[-1].split('"')[3]
