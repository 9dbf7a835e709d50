"""The profile `simulator` of the compose file runs Holdfast against the simulator, without an account."""

import json
import re
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import pytest

from services.settings import Settings
from services.settings_reading import validated
from simulator.keys import CLIENT_ID, keys_in
from tests.support.compose import KEYS_VOLUME, REFERENCE, ROOT, environment, services, started_by


def simulator_command() -> list[str]:
    """Returns the command of the simulator's image."""
    [command] = re.findall(r"^CMD (.+)$", (ROOT / "simulator" / "Dockerfile").read_text(), re.MULTILINE)
    return cast("list[str]", json.loads(command))


def test_profile_selects_the_processes_of_gateway_or_simulator() -> None:
    always = started_by()
    assert started_by("gateway") - always == {"worker", "webhook"}
    assert started_by("simulator") - always == {"simulator", "simulated-worker", "simulated-webhook"}
    assert "COMPOSE_PROFILES=gateway" in (ROOT / ".env.example").read_text().splitlines()


def test_simulator_needs_no_account_and_no_key_from_the_environment() -> None:
    required = {
        match[1]
        for service in services().values()
        for match in REFERENCE.finditer(str(service))
        if match["rule"] == ":?"
    }
    assert required == {"POSTGRES_PASSWORD", "CARD_VAULT_PASSWORD"}
    optional = {"HOLDFAST_CODEC_KEYS", "HOLDFAST_CARD_VAULT_KEYS"}
    for name in started_by("simulator") - started_by():
        without_value = {
            variable for variable, value in environment(services()[name]).items() if value is None
        }
        assert without_value <= optional


def test_simulated_worker_reaches_the_simulator_as_a_loopback_address() -> None:
    worker, simulator = services()["simulated-worker"], services()["simulator"]
    assert worker["network_mode"] == "service:simulator"
    assert "networks" not in worker
    assert "ports" not in worker
    needed = {"temporal", "gateway", "cards"}
    assert set(cast("list[str]", simulator["networks"])) == needed
    assert set(cast("list[str]", services()["worker"]["networks"])) == needed
    bind = simulator_command()[simulator_command().index("--bind") + 1]
    port = bind.rpartition(":")[2]
    assert environment(worker)["ANTOM_GATEWAY_URL"] == f"http://127.0.0.1:{port}"
    assert simulator["ports"] == [f"127.0.0.1:{port}:{port}"]


def test_simulator_reaches_the_webhook_that_it_notifies() -> None:
    url = urlsplit(environment(services()["simulated-worker"])["HOLDFAST_NOTIFY_URL"] or "")
    webhook = services()[url.hostname or ""]
    bind = environment(webhook)["HOLDFAST_WEBHOOK_BIND"] or ""
    assert bind == f"0.0.0.0:{url.port}"
    shared = cast("list[str]", webhook["networks"]), cast("list[str]", services()["simulator"]["networks"])
    assert set(shared[0]) & set(shared[1])
    assert environment(webhook)["HOLDFAST_NOTIFY_URL"] == url.geturl()


@pytest.mark.parametrize("process", ["simulated-worker", "simulated-webhook"])
def test_simulated_process_accepts_its_settings_and_the_keys_of_the_simulator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, process: str
) -> None:
    keys_in(tmp_path)
    folder = KEYS_VOLUME.partition(":")[2]
    service = services()[process]
    assert service["volumes"] == [f"{KEYS_VOLUME}:ro"]
    assert simulator_command()[-2:] == ["--keys", folder]
    for variable, value in environment(service).items():
        if value is not None:
            given = {"HOLDFAST_CARD_VAULT": "redis://:s3cret@card-vault:6379"}.get(variable, value)
            monkeypatch.setenv(variable, given.replace(folder, str(tmp_path)))
    account = validated(Settings).accounts()["default"]
    assert account.client_id == CLIENT_ID


def test_simulator_is_an_image_of_its_own() -> None:
    simulator, worker = services()["simulator"], services()["worker"]
    assert cast("dict[str, str]", simulator["build"])["dockerfile"] == "simulator/Dockerfile"
    assert "dockerfile" not in cast("dict[str, str]", worker["build"])
    assert simulator["image"] != worker["image"]
