"""One machine for all crashes; whatever a test has killed is running again when the next one begins."""

from collections.abc import AsyncIterator

import pytest

from tests.support.crashes.launch import running_machine
from tests.support.crashes.machine import Machine


@pytest.fixture(scope="session")
async def shared_machine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Machine]:
    """The processes, started once."""
    async with running_machine(tmp_path_factory.mktemp("machine")) as machine:
        yield machine


@pytest.fixture
async def machine(shared_machine: Machine) -> Machine:
    """The processes, all of them alive."""
    await shared_machine.repair()
    return shared_machine
