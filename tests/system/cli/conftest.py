"""The command line beside a running Holdfast with the simulator."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest import mock

import pytest

from holdfast import Payment
from holdfast.cli.invocation import invoke
from tests.support.crashes.system import SystemUnderTest, running_system
from tools.local_stack.merchant_environment import SIMULATOR_URL, merchant_environment
from tools.local_stack.processes import ROOT

MODULE = (sys.executable, "-m", "holdfast")


@dataclass(frozen=True)
class Done:
    """What a command has printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def payment(self) -> Payment:
        """The payment that was printed as JSON."""
        return Payment.model_validate_json(self.out)


@dataclass(frozen=True)
class CommandLine:
    """Runs commands with the environment of a merchant's shell, or with that of the processes."""

    system: SystemUnderTest
    folder: Path

    @property
    def merchant(self) -> dict[str, str]:
        """The environment after `source .demo/merchant.env`."""
        return {**self._base, **merchant_environment(self.system.stack)}

    @property
    def processes(self) -> dict[str, str]:
        """The environment of worker and webhook."""
        stack = self.system.stack
        return {**stack.environment, **self._base, SIMULATOR_URL: stack.ports.url("simulator")}

    @property
    def _base(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder),
            "LOGNAME": "ops-7",
        }

    async def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Done:
        """Runs one command to its end, in a thread: a process of its own takes seconds to import everything.

        The test's own thread prints nothing and reads no variable meanwhile.
        """
        out, err = StringIO(), StringIO()
        variables = mock.patch.dict(os.environ, dict(environment or self.merchant), clear=True)
        with variables, redirect_stdout(out), redirect_stderr(err):
            status = await asyncio.to_thread(invoke, arguments)
        return Done(status, out.getvalue(), err.getvalue())

    async def json(self, *arguments: str) -> Payment:
        """Runs a command that must succeed, and returns the payment that it prints."""
        done = await self.run(*arguments, "--json")
        assert done.status == 0, done
        return done.payment

    @asynccontextmanager
    async def started(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        """Yields a command that runs as a process, which is interrupted at the end of the block."""
        process = await asyncio.create_subprocess_exec(
            *MODULE,
            *arguments,
            cwd=self.folder,
            env=dict(environment or self.merchant),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
                await process.communicate()


@pytest.fixture(scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SystemUnderTest]:
    """The processes, started once."""
    async with running_system(tmp_path_factory.mktemp("cli")) as running:
        yield running


@pytest.fixture
def cli(system: SystemUnderTest, tmp_path: Path) -> CommandLine:
    """The command line in an empty folder."""
    return CommandLine(system, tmp_path)
