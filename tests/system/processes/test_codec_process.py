"""codec_server.py refuses invalid settings, serves, and ends on SIGTERM."""

import base64
import signal
import socket

import httpx
import pytest

from tests.support.services.service_process import running_process

SHORT_KEY = "k1:" + base64.b64encode(b"secret").decode()
ENVIRONMENT = {
    "HOLDFAST_CODEC_KEYS": "k1:" + base64.b64encode(b"k" * 32).decode(),
    "HOLDFAST_CODEC_TOKENS": "ada:" + "a" * 32,
    "HOLDFAST_CODEC_BIND": "127.0.0.1:0",
}
INVALID = [
    ("HOLDFAST_CODEC_KEYS", None),
    ("HOLDFAST_CODEC_KEYS", SHORT_KEY),
    ("HOLDFAST_CODEC_TOKENS", None),
]


async def startup_error_of(changes: dict[str, str | None]) -> str:
    environment = {name: value for name, value in (ENVIRONMENT | changes).items() if value is not None}
    async with running_process("codec_server.py", environment) as process:
        assert await process.wait_for_exit() == 2
    [line] = process.log_lines
    return line


@pytest.mark.parametrize(("variable", "value"), INVALID)
async def test_invalid_variable_ends_the_process_with_one_line(variable: str, value: str | None) -> None:
    line = await startup_error_of({variable: value})
    assert line.startswith(f"codec_server.py: {variable} ")
    assert "secret" not in line
    assert SHORT_KEY not in line


async def test_address_in_use_ends_the_process_with_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        line = await startup_error_of({"HOLDFAST_CODEC_BIND": f"127.0.0.1:{occupied.getsockname()[1]}"})
    assert line.startswith("codec_server.py: HOLDFAST_CODEC_BIND cannot be bound: ")


async def test_codec_server_serves_without_temporal_and_ends_on_sigterm() -> None:
    async with running_process("codec_server.py", ENVIRONMENT) as server:
        listening = await server.wait_for_log(r"listening on (127\.0\.0\.1:\d+)")
        async with httpx.AsyncClient(base_url=f"http://{listening[1]}") as http:
            assert (await http.get("/healthz")).status_code == 200
            assert (await http.post("/decode", json={"payloads": []})).status_code == 401
            token = {"Authorization": "Bearer " + "a" * 32}
            assert (await http.post("/decode", json={"payloads": []}, headers=token)).json() == {}
        server.process.send_signal(signal.SIGTERM)
        assert await server.wait_for_exit() == 0
    assert not [line for line in server.log_lines if "Traceback" in line]


async def test_forwarded_header_does_not_authenticate_another_client() -> None:
    """The address of a client is that of its connection, and not X-Forwarded-For."""
    proxy = {
        "HOLDFAST_CODEC_PROXY_HEADER": "X-Forwarded-User",
        "HOLDFAST_CODEC_PROXY_USERS": "ada@example.com",
        "HOLDFAST_CODEC_PROXY_ADDRESSES": "10.0.0.0/24",
    }
    async with running_process("codec_server.py", ENVIRONMENT | proxy) as server:
        listening = await server.wait_for_log(r"listening on (127\.0\.0\.1:\d+)")
        forged = {"X-Forwarded-User": "ada@example.com", "X-Forwarded-For": "10.0.0.7"}
        async with httpx.AsyncClient(base_url=f"http://{listening[1]}") as http:
            answer = await http.post("/decode", json={"payloads": []}, headers=forged)
    assert answer.status_code == 401
