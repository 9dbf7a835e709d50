"""The command line: generated keys, errors in one line, and a graceful end."""

import base64
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from holdfast.antom.keys import load_private_key, load_public_key
from simulator.keys import keys_in

ROOT = Path(__file__).parents[3]
NAMES = ("--bind", "--time-scale", "--authorization-days", "--keys")


def start(*arguments: str) -> subprocess.Popen[str]:
    """Starts `python -m simulator` in the root of the repository."""
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_process_serves_until_a_signal_and_generates_its_keys(tmp_path: Path, number: signal.Signals) -> None:
    process = start("--bind", "127.0.0.1:0", "--keys", str(tmp_path / "keys"), "--time-scale", "10")
    assert process.stdout is not None
    line = process.stdout.readline()
    url = line.split()[3].rstrip(",")
    with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
        assert answer.status == 200
    process.send_signal(number)
    rest, errors = process.communicate(timeout=60)
    assert (process.returncode, rest, errors) == (0, "", "")
    for name in ("merchant_private_key", "gateway_public_key"):
        assert base64.b64decode((tmp_path / "keys" / name).read_text(), validate=False)
    load_private_key((tmp_path / "keys/merchant_private_key").read_text())
    load_public_key((tmp_path / "keys/gateway_public_key").read_text())
    assert (tmp_path / "keys/client_id").read_text().strip() in line


def test_port_in_use_is_an_error_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        process = start("--bind", address, "--keys", str(tmp_path))
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert errors.count("\n") == 1
    assert address in errors
    assert "already in use" in errors


def test_unusable_keys_are_an_error_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "merchant_private_key").write_text("bm90IGEga2V5\n")
    process = start("--bind", "127.0.0.1:0", "--keys", str(tmp_path))
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert errors.count("\n") == 1
    assert "bm90IGEga2V5" not in errors


@pytest.mark.parametrize(
    "arguments",
    [
        ["--bind", "8090"],
        ["--bind", "host:port"],
        ["--bind", "127.0.0.1:70000"],
        ["--time-scale", "0"],
        ["--authorization-days", "soon"],
    ],
)
def test_invalid_argument_ends_with_status_2(tmp_path: Path, arguments: list[str]) -> None:
    process = start("--keys", str(tmp_path), *arguments)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert arguments[0] in errors


def test_every_invalid_argument_is_named_in_a_line_of_its_own() -> None:
    process = start("--bind", "8090", "--time-scale", "0", "--authorization-days", "soon")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    lines = [line for line in errors.splitlines() if line.startswith("python -m simulator: error: ")]
    assert [name in line for name, line in zip(NAMES, lines, strict=True)] == [True] * 4


def test_keys_are_kept_and_private_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    first = keys_in(tmp_path)
    assert keys_in(tmp_path) == first
    (tmp_path / "gateway_public_key").unlink()
    assert keys_in(tmp_path) == first
    for side in ("merchant", "gateway"):
        assert os.stat(tmp_path / f"{side}_private_key").st_mode & 0o077 == 0
    assert first.merchant_private_key not in repr(first)
