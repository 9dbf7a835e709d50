"""One Temporal server, one gateway and one worker for all scenarios."""

import os
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta

import pytest
from temporalio.client import Client, WorkflowHistory

from holdfast.temporal.connection import data_converter
from tests.support.leaks import scanned
from tests.support.replay.recording import FOLDER, RECORD, has_commands, histories_of, record
from tests.support.replay.stored_histories import NOT_RECORDED, current_version, recorded_scenarios
from tests.support.scenarios.accounts import Books
from tests.support.scenarios.split_workers import SplitWorkers
from tests.support.time_skipping import TimeSkipping, time_skipping_server
from tests.support.world import CODEC_KEY, World, running_world

SHOPS = [f"shop-{number}" for number in range(80)]
_UNUSED = iter(SHOPS)
SUGGESTED = 60
"""The number of events from which the server suggests that a workflow continues as new."""


@pytest.fixture(scope="session", autouse=True)
def exceptions() -> None:
    """Records all exceptions during a scan for leaks."""
    scanned.log_exceptions()


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[TimeSkipping]:
    """The Temporal server of nearly all scenarios."""
    async with time_skipping_server() as env:
        yield env


@pytest.fixture(scope="session")
async def world(temporal: TimeSkipping, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The Holdfast of nearly all scenarios."""
    async with running_world(temporal, tmp_path_factory.mktemp("world")) as running:
        yield running


@pytest.fixture
def split(world: World) -> Iterator[SplitWorkers]:
    """A task queue with workers of its own, whose payments skip time only where a test skips it."""
    with world.env.with_time_skipping_disabled():
        yield SplitWorkers(world)


@pytest.fixture(scope="session")
async def long_holds(
    temporal: TimeSkipping, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A Holdfast whose gateway holds authorizations for thirty days."""
    folder = tmp_path_factory.mktemp("long_holds")
    async with running_world(
        temporal, folder, task_queue="long", authorization=timedelta(days=30)
    ) as running:
        yield running


@pytest.fixture(scope="session")
async def growing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world whose server suggests that a workflow continues as new after a few dozen events."""
    folder = tmp_path_factory.mktemp("growing")
    async with (
        time_skipping_server({"limit.historyCount.suggestContinueAsNew": str(SUGGESTED)}) as env,
        running_world(env, folder, shops=["shop-0"]) as running,
    ):
        yield running


@pytest.fixture(scope="session")
def recorded() -> frozenset[str]:
    """The scenarios that have a stored history."""
    return recorded_scenarios(current_version())


@pytest.fixture(scope="session")
async def sealed(temporal: TimeSkipping, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A Holdfast with a codec key; `temporal.client` reads the stored payloads without it."""
    address = temporal.client.service_client.config.target_host
    client = await Client.connect(address, data_converter=data_converter(CODEC_KEY))
    folder = tmp_path_factory.mktemp("sealed")
    async with running_world(temporal, folder, client=client, task_queue="sealed") as running:
        yield running


@pytest.fixture(scope="session")
async def books(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world with a server of its own and an account per test: a reconciliation sees all its payments."""
    folder = tmp_path_factory.mktemp("books")
    async with time_skipping_server() as env, running_world(env, folder, shops=SHOPS) as running:
        yield running


@pytest.fixture(autouse=True)
async def histories(recorded: frozenset[str], request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Requires a stored history of each scenario's payments; `make histories` records missing ones."""
    yield
    for name in {"world", "long_holds", "books", "growing"} & set(request.fixturenames):
        world: World = request.getfixturevalue(name)
        scenarios = dict(world.scenarios)
        world.scenarios.clear()
        for started, scenario in scenarios.items():
            if scenario not in recorded and scanned.folder() is None:
                _record(await histories_of(world.client, started), scenario)


def _record(histories: Sequence[WorkflowHistory], scenario: str) -> None:
    version = os.environ.get(RECORD)
    for history in filter(has_commands, histories):
        assert version, NOT_RECORDED.format(scenario=scenario, version=current_version())
        record(history, scenario, FOLDER / version)


@pytest.fixture
async def shop(books: World) -> AsyncIterator[Books]:
    """A merchant account that only this test uses."""
    account = Books(books, next(_UNUSED))
    yield account
    await account.close()
