"""The example in TypeScript compiles, has types of the present schemas, and makes no payment twice."""

import secrets
from pathlib import Path

import pytest

from tests.support.guide.reader import Reader
from tests.support.guide.terminal import terminal
from tools.local_stack.ports import free_ports

pytestmark = pytest.mark.timeout(300)
PROJECT = "source .venv/bin/activate; cd examples/typescript"


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize("command", ["npm run check", "npm run types -- --check", "npm test"])
async def test_command_of_the_project_succeeds(checkout: Path, tmp_path: Path, command: str) -> None:
    async with terminal(checkout, tmp_path) as shell:
        await shell.run(PROJECT)
        await shell.run(command)


@pytest.mark.usefixtures("packages")
async def test_generated_type_that_is_not_current_is_named(checkout: Path, tmp_path: Path) -> None:
    file = checkout / "examples/typescript/src/generated/Payment.ts"
    current = file.read_text()
    async with terminal(checkout, tmp_path) as shell:
        await shell.run(PROJECT)
        file.write_text(current.replace("'AUTHORIZED'", "'AUTHORISED'"))
        output = await shell.run("npm run types -- --check || true")
        assert "Payment.ts is not current: run npm run types" in output
        assert "PaymentOrder.ts" not in output
        await shell.run("npm run types")
    assert file.read_text() == current


@pytest.mark.usefixtures("packages")
async def test_program_without_a_temporal_server_says_where_it_has_looked(
    checkout: Path, tmp_path: Path
) -> None:
    [unused] = free_ports(1)
    async with terminal(checkout, tmp_path) as shell:
        await shell.run(PROJECT)
        output = await shell.run(f"TEMPORAL_ADDRESS=127.0.0.1:{unused} node src/firstPayment.ts 2>&1 || true")
    assert f"PaymentUnavailable: Temporal does not answer at 127.0.0.1:{unused}" in output


@pytest.mark.usefixtures("packages")
async def test_repeated_requests_of_the_client_authorize_and_capture_once(reader: Reader) -> None:
    prefix = f"typescript-{secrets.token_hex(4)}"
    async with reader.terminal() as shell:
        await shell.run(f"cd examples/typescript; REFERENCE={prefix} npm run test:demo")
    ledger = await reader.system.gateway.ledger()
    attempts = {"once": 1, "taken": 1, "ended": 1, "invalid": 0, "declined": 2}
    found = {name: ledger.summary(f"{prefix}-{name}") for name in attempts}
    assert {name: order.attempts for name, order in found.items()} == attempts
    assert {name: order.most_live for name, order in found.items() if order.most_live} == {"declined": 1}
    assert found["declined"].captured == 30000
    assert [each.status for each in ledger.orders[f"{prefix}-declined"].captures] == ["SUCCESS"]
