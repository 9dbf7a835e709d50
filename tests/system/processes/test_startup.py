"""Worker and webhook refuse invalid settings with one line that names the variable."""

import base64
import socket

import pytest

from tests.support.services.service_process import running_process

SHORT_KEY = "k1:" + base64.b64encode(b"secret").decode()
INVALID = [
    ("ANTOM_CLIENT_ID", None),
    ("ANTOM_MERCHANT_PRIVATE_KEY", "secret"),
    ("ANTOM_PUBLIC_KEY", "secret"),
    ("HOLDFAST_NOTIFY_URL", "https://pay.example.com"),
    ("HOLDFAST_WEBHOOK_BIND", "secret"),
    ("HOLDFAST_CARD_VAULT_KEYS", SHORT_KEY),
    ("HOLDFAST_CODEC_KEYS", SHORT_KEY),
    ("HOLDFAST_ACCOUNTS", "/nowhere/accounts.toml"),
    ("HOLDFAST_BUILD_ID", "secret/secret"),
    ("HOLDFAST_DEPLOYMENT", "secret.secret"),
    ("TEMPORAL_ADDRESS", "secret"),
    ("TEMPORAL_TLS", "secret"),
    ("TEMPORAL_PROFILE", "secret"),
    ("TEMPORAL_CONFIG_FILE", "/nowhere/temporal.toml"),
    ("TEMPORAL_TLS_CLIENT_CERT_PATH", "/nowhere/cert.pem"),
]


async def startup_error_of(file: str, environment: dict[str, str]) -> str:
    async with running_process(file, environment) as process:
        assert await process.wait_for_exit() == 2
    assert len(process.log_lines) == 1, process.log_lines
    return process.log_lines[0]


@pytest.mark.parametrize("file", ["worker.py", "webhook.py"])
@pytest.mark.parametrize(("variable", "value"), INVALID)
async def test_invalid_variable_ends_the_process_with_one_line(
    environment: dict[str, str], file: str, variable: str, value: str | None
) -> None:
    variables = {name: text for name, text in environment.items() if name != variable}
    line = await startup_error_of(file, variables | ({variable: value} if value else {}))
    assert line.startswith(f"{file}: {variable} ")
    assert "secret" not in line
    assert base64.b64encode(b"secret").decode() not in line


@pytest.mark.parametrize(
    ("file", "variable"), [("webhook.py", "HOLDFAST_WEBHOOK_BIND"), ("worker.py", "HOLDFAST_METRICS_BIND")]
)
async def test_address_in_use_ends_the_process_with_one_line(
    environment: dict[str, str], file: str, variable: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        bind = f"127.0.0.1:{occupied.getsockname()[1]}"
        line = await startup_error_of(file, environment | {variable: bind})
    assert line.startswith(f"{file}: {variable} cannot be bound: ")
    assert "Address already in use" in line
