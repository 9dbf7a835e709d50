"""The examples of docs/cli.md run as they stand, and the page names every command, option and exit status."""

import asyncio
import os
import re
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import typer.main

from holdfast import PaymentStatus as S
from holdfast.cli.app import app
from holdfast.cli.exit_status import ExitStatus
from tests.system.cli.conftest import CommandLine
from tools.local_stack.merchant_environment import merchant_environment, written
from tools.local_stack.processes import ROOT

PAGE = (ROOT / "docs" / "cli.md").read_text()
EXAMPLES = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def options() -> Iterator[tuple[str, str]]:
    """Yields each command with each of its options."""
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    for name, command in group.commands.items():
        for parameter in command.params:
            yield from (
                (name, text) for text in (*parameter.opts, *parameter.secondary_opts) if text.startswith("--")
            )


def test_page_names_every_command_and_option() -> None:
    table = PAGE[PAGE.index("## Commands") : PAGE.index("## Operate")]
    rows = dict(re.findall(r"^\| `(\w+)(?: [^`]*)?` \|(.*)$", table, re.MULTILINE))
    missing = [
        (name, option)
        for name, option in options()
        if option != "--json" and f"`{option}" not in rows.get(name, "")
    ]
    assert missing == []


def test_page_names_every_exit_status() -> None:
    statuses = re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)
    assert [int(status) for status in statuses] == [status.value for status in ExitStatus]


async def test_examples_run_as_they_stand(cli: CommandLine) -> None:
    """The file, the folder and the command are where a reader has them; nothing else is prepared."""
    folder = cli.folder
    (folder / ".demo").mkdir()
    venv.create(folder / ".venv")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LOGNAME": "ops-7"}
    with written(folder / ".demo" / "merchant.env", merchant_environment(cli.system.stack)):
        _launcher(folder / ".venv" / "bin" / "holdfast")
        script = await asyncio.create_subprocess_exec(
            "bash", "-e", "-c", "".join(EXAMPLES),
            cwd=folder, env=environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output = (await script.communicate())[0].decode()
    assert script.returncode == 0, output
    assert "Traceback" not in output
    gateway, payments = cli.system.gateway, cli.system.payments
    first = await gateway.summary("ORDER_1")
    assert (first.captured, first.capture_calls, first.held) == (1250, 2, 0)
    assert (await gateway.summary("ORDER_2")).held == 0
    assert (await gateway.order("ORDER_3")).maxLiveAuthorizations == 0
    assert (await gateway.summary("ORDER_4")).captured == 800
    assert re.findall(r"exit status (\d)", output) == ["1", "5"]
    resolved = await payments.get("ORDER_5")
    assert (resolved.status, resolved.review) == (S.PARTIALLY_CAPTURED, None)
    assert '"status": "CAPTURED"' in (folder / ".demo" / "ORDER_1.json").read_text()


def _launcher(file: Path) -> None:
    """Writes the command as `make install` does."""
    file.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -P -m holdfast "$@"\n')
    file.chmod(0o755)
