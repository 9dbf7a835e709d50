"""Checks of the compose file that need no container engine."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from ruamel.yaml import YAML

from holdfast.card_vault import open_vault
from tests.support.card_vault.cards import KEY_A, keys
from tests.support.card_vault.valkey_server import BINARY
from tests.support.compose import COMPOSE, KEYS_VOLUME, REFERENCE, ROOT, environment, services
from tools.local_stack.ports import free_ports
from tools.local_stack.temporal_server import FAIRNESS

ONE_SHOT = {"temporal-schema", "temporal-namespace"}
GATEWAY = {"ANTOM_GATEWAY_URL", "ANTOM_CLIENT_ID", "ANTOM_MERCHANT_PRIVATE_KEY", "ANTOM_PUBLIC_KEY"}
SHARED = GATEWAY | {
    "TEMPORAL_ADDRESS",
    "TEMPORAL_NAMESPACE",
    "HOLDFAST_NOTIFY_URL",
    "HOLDFAST_CODEC_KEYS",
    "HOLDFAST_ACCOUNTS",
}
SIMULATED = {
    "TEMPORAL_ADDRESS",
    "TEMPORAL_NAMESPACE",
    "ANTOM_GATEWAY_URL",
    "ANTOM_CLIENT_ID",
    "ANTOM_MERCHANT_PRIVATE_KEY_FILE",
    "ANTOM_PUBLIC_KEY_FILE",
    "HOLDFAST_NOTIFY_URL",
    "HOLDFAST_CODEC_KEYS",
}
NEEDED = {
    "simulator": set[str](),
    "simulated-worker": SIMULATED
    | {"HOLDFAST_CARD_VAULT", "HOLDFAST_CARD_VAULT_KEYS", "HOLDFAST_METRICS_BIND"},
    "simulated-webhook": SIMULATED | {"HOLDFAST_WEBHOOK_BIND"},
    "worker": SHARED
    | {"HOLDFAST_CARD_VAULT", "HOLDFAST_CARD_VAULT_KEYS", "HOLDFAST_METRICS_BIND", "HOLDFAST_DEPLOYMENT"}
    | {"ANTOM_CALLS_AT_ONCE", "ANTOM_CALLS_PER_SECOND", "ANTOM_ANSWER_SKEW"},
    "webhook": SHARED | {"HOLDFAST_WEBHOOK_BIND", "HOLDFAST_NOTIFY_TOLERANCE"},
    "codec-server": {
        "HOLDFAST_CODEC_KEYS",
        "HOLDFAST_CODEC_BIND",
        "HOLDFAST_CODEC_ORIGINS",
        "HOLDFAST_CODEC_TOKENS",
    },
}
SECRET = re.compile(r"(PASSWORD|PWD|_KEYS?|_TOKENS)$")


def documented() -> set[str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {match[1] for line in lines if (match := re.fullmatch(r"#?([A-Z][A-Z0-9_]*)=", line))}


def test_compose_file_follows_the_compose_schema() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*check, str(COMPOSE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_image_is_pinned_to_a_version() -> None:
    images = [str(service["image"]) for service in services().values()]
    floating = [image for image in images if not re.search(r":(\$\{HOLDFAST_VERSION:-)?\d+\.\d+", image)]
    assert not floating


def test_no_secret_has_a_value_or_a_default() -> None:
    for name, service in services().items():
        for variable, value in environment(service).items():
            if SECRET.search(variable) and value is not None:
                assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value), f"{name}: {variable}"


def test_every_variable_of_the_compose_file_is_in_the_example() -> None:
    text = "\n".join(line for line in COMPOSE.read_text().splitlines() if not line.lstrip().startswith("#"))
    read = {match[1] for match in REFERENCE.finditer(text)}
    passed_on = {
        variable
        for service in services().values()
        for variable, value in environment(service).items()
        if value is None
    }
    assert read | passed_on == documented()


def test_every_variable_is_either_required_or_has_a_default() -> None:
    assert all(match["rule"] for match in REFERENCE.finditer(COMPOSE.read_text()))


@pytest.mark.parametrize("process", sorted(NEEDED))
def test_every_setting_a_process_needs_is_passed_through(process: str) -> None:
    assert NEEDED[process] <= environment(services()[process]).keys()


def test_every_service_has_a_health_check_or_is_a_job() -> None:
    without = {name for name, service in services().items() if "healthcheck" not in service}
    assert without == ONE_SHOT
    assert all(str(services()[name]["restart"]).startswith("on-failure") for name in ONE_SHOT)


def test_every_dependency_waits_for_health_or_for_the_end_of_a_job() -> None:
    for service in services().values():
        waits = cast("dict[str, dict[str, str]]", service.get("depends_on", {}))
        for target, rule in waits.items():
            done = "service_completed_successfully" if target in ONE_SHOT else "service_healthy"
            assert rule["condition"] == done


def test_only_a_worker_reaches_the_card_vault() -> None:
    reaching = {
        name
        for name, service in services().items()
        if "cards" in cast("list[str]", service.get("networks", []))
    }
    # the simulator has no password of the vault: it holds the network of the worker that shares it
    assert reaching == {"worker", "card-vault", "simulator"}
    with_password = {name for name, service in services().items() if "CARD_VAULT_PASSWORD" in str(service)}
    assert with_password == {"worker", "card-vault", "simulated-worker"}
    assert "HOLDFAST_CARD_VAULT_KEYS" not in environment(services()["webhook"])
    assert "ports" not in services()["card-vault"]


def test_card_vault_has_no_disk() -> None:
    vault = services()["card-vault"]
    assert (vault["read_only"], vault["tmpfs"], vault.get("volumes")) == (True, ["/data"], None)
    assert vault["mem_limit"] == vault["memswap_limit"]


async def test_card_vault_settings_cause_no_warning(tmp_path: Path) -> None:
    [script] = cast("list[str]", services()["card-vault"]["command"])
    [port] = free_ports(1)
    settings = script.replace("$$", "$").replace('save ""', f'save ""\nport {port}\nbind 127.0.0.1')
    process = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-euc", settings),
        env={"PATH": f"{BINARY.parent}:{os.environ['PATH']}", "CARD_VAULT_PASSWORD": "s3cret"},
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        while b"Ready to accept connections" not in await process.stdout.readline():
            assert not process.stdout.at_eof()
        vault = open_vault(f"redis://:s3cret@127.0.0.1:{port}", keys(KEY_A))
        assert list(await vault.config_warnings()) == []
        await vault.close()
    finally:
        process.terminate()
        await process.communicate()


def test_ports_are_published_on_loopback_only() -> None:
    for service in services().values():
        assert all(port.startswith("127.0.0.1:") for port in cast("list[str]", service.get("ports", [])))


def test_codec_server_is_optional_and_has_no_payment_settings() -> None:
    codec = services()["codec-server"]
    assert codec["profiles"] == ["codec"]
    assert environment(codec).keys() == NEEDED["codec-server"] | {"HEALTH_URL"}
    assert codec["networks"] == ["codec"]


def test_ui_sends_the_session_of_a_signed_in_browser() -> None:
    assert environment(services()["temporal-ui"])["TEMPORAL_CODEC_INCLUDE_CREDENTIALS"] == "true"


def test_temporal_server_has_its_required_configuration_file() -> None:
    document = YAML(typ="safe", pure=True).load(COMPOSE)
    server = document["services"]["temporal"]
    [mounted] = server["configs"]
    assert mounted["target"] == server["environment"]["DYNAMIC_CONFIG_FILE_PATH"]
    settings = YAML(typ="safe", pure=True).load(document["configs"][mounted["source"]]["content"])
    assert all(isinstance(values, list) for values in settings.values())


def test_server_and_admin_tools_have_one_version() -> None:
    versions = {
        str(service["image"]).partition(":")[2]
        for service in services().values()
        if str(service["image"]).startswith(("temporalio/server:", "temporalio/admin-tools:"))
    }
    assert len(versions) == 1


def test_processes_and_vault_run_unprivileged_on_a_read_only_file_system() -> None:
    for name in [*NEEDED, "card-vault"]:
        service = services()[name]
        assert service["read_only"] is True
        assert service["tmpfs"], "written files do not outlive the container"
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        mounted = cast("list[str]", service.get("volumes", []))
        writable = [volume for volume in mounted if not volume.endswith(":ro")]
        assert writable == ([KEYS_VOLUME] if name == "simulator" else [])


def test_temporal_server_has_fairness_enabled() -> None:
    content = YAML(typ="safe", pure=True).load(COMPOSE)["configs"]["temporal-dynamic-config"]["content"]
    assert YAML(typ="safe", pure=True).load(content)[FAIRNESS] == [{"value": True}]
