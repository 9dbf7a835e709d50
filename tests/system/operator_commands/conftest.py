"""One set of processes for all commands of operators."""

from collections.abc import AsyncIterator

import pytest

from tests.support.crashes.system import SystemUnderTest, running_system


@pytest.fixture(scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SystemUnderTest]:
    """The processes, started once."""
    async with running_system(tmp_path_factory.mktemp("operator_commands")) as running:
        yield running
