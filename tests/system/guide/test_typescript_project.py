"""The example in TypeScript compiles, has types of the present schemas, and has the format of the codec."""

from pathlib import Path

import pytest

from tests.support.guide.terminal import terminal

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
