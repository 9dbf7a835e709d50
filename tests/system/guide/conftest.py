"""A checkout with the environment of a running demo in it, and the packages of the example in TypeScript."""

import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.support.crashes.system import SystemUnderTest
from tests.support.guide.page import section
from tests.support.guide.reader import Reader
from tests.support.guide.terminal import terminal
from tools.local_stack.folder import prepared
from tools.local_stack.merchant_environment import SHOP_URL, merchant_environment, written
from tools.local_stack.ports import Ports
from tools.local_stack.processes import ROOT
from tools.local_stack.stack import StackConfig, running_stack

NO_PACKAGES = """npm cannot install the packages of examples/typescript. These tests need a package registry,
as `make install` does. npm finds another one than its own by your .npmrc or by npm_config_registry, a proxy
by HTTPS_PROXY, and the certificates of a proxy by NODE_EXTRA_CA_CERTS. Run the tests again when `npm ci`
works in examples/typescript. It has printed:
"""


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout without the packages of npm: the examples are copies, and the rest is the repository's."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / ".venv").symlink_to(sys.prefix)
    for path in ROOT.iterdir():
        if not path.name.startswith(".") and path.name != "examples":
            (folder / path.name).symlink_to(path)
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("node_modules"))
    return folder


@pytest.fixture(scope="session", params=[False, True], ids=["plain", "encrypted"])
async def reader(
    request: pytest.FixtureRequest, checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Reader]:
    """A reader of the guide whose demo runs, with or without encryption."""
    with prepared(checkout / ".demo") as (folder, _):
        ports = Ports.free()
        config = StackConfig(
            folder,
            ports,
            webhook_ports=(ports.webhook,),
            has_codec_server=request.param,
            is_encrypted=request.param,
        )
        async with httpx.AsyncClient(trust_env=False) as http, running_stack(config, http) as stack:
            shop = ports.url("simulator") + "/healthz"  # any page that answers
            variables = {**merchant_environment(stack), SHOP_URL: shop}
            with written(folder.merchant_environment, variables):
                yield Reader(SystemUnderTest(stack), checkout, tmp_path_factory.mktemp("notes"), http, shop)


@pytest.fixture(scope="session")
async def packages(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The packages of the example in TypeScript, installed as the guide says."""
    notes = tmp_path_factory.mktemp("npm")
    activate, _ = section("## Your first payment, against the demo").blocks("sh")[1].splitlines()
    install = section("### In TypeScript").blocks("sh")[0]
    async with terminal(checkout, notes) as shell:
        await shell.run(activate)
        try:
            await shell.run(install)
        except AssertionError as failure:
            output = str(failure)
        else:
            return
    pytest.fail(f"{NO_PACKAGES}{output}", pytrace=False)
