"""One set of processes for all crash tests; every process is alive again when a test begins."""

from collections.abc import AsyncIterator

import pytest

from tests.support.crashes.system import SystemUnderTest, running_system


@pytest.fixture(scope="session")
async def shared_system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SystemUnderTest]:
    """The processes, started once."""
    async with running_system(tmp_path_factory.mktemp("system")) as system:
        yield system


@pytest.fixture
async def system(shared_system: SystemUnderTest) -> SystemUnderTest:
    """The processes, all of them alive."""
    await shared_system.stack.start_all()
    return shared_system
