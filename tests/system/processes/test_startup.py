"""Worker and webhook refuse invalid settings with one line that names the variable."""

import base64
import socket

import pytest

from tests.support.services.forking import Outcome, outcomes
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


FILES = ("worker.py", "webhook.py")


@pytest.fixture(scope="module")
def invalid_starts(environment: dict[str, str]) -> dict[tuple[str, str], Outcome]:
    """Returns the outcome of each program with each invalid variable."""
    environments = [
        {name: text for name, text in environment.items() if name != variable}
        | ({variable: value} if value else {})
        for variable, value in INVALID
    ]
    return {
        (file, variable): outcome
        for file in FILES
        for (variable, _), outcome in zip(INVALID, outcomes(file, environments), strict=True)
    }


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("variable", [variable for variable, _ in INVALID])
def test_invalid_variable_ends_the_process_with_one_line(
    invalid_starts: dict[tuple[str, str], Outcome], file: str, variable: str
) -> None:
    status, output = invalid_starts[file, variable]
    [line] = output.splitlines()
    assert status == 2
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
        async with running_process(file, environment | {variable: bind}) as process:
            assert await process.wait_for_exit() == 2
    [line] = process.log_lines
    assert line.startswith(f"{file}: {variable} cannot be bound: ")
    assert "Address already in use" in line
