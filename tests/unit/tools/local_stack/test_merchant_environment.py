"""The file with the environment of a merchant's program: a shell reads back exactly what was written."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tools.local_stack.merchant_environment import written

KEYS = {"HOLDFAST_CODEC_KEYS": "local:a2V5+/==", "TEMPORAL_ADDRESS": "127.0.0.1:7233"}
PRINT = "import json, os; print(json.dumps(dict(os.environ)))"


def sourced(file: Path, **given: str) -> dict[str, str]:
    """Returns the variables of a program that a shell starts after `source`."""
    script = f'. "$1" && exec {sys.executable} -c "$2"'
    done = subprocess.run(
        ["/bin/sh", "-euc", script, "sh", str(file), PRINT],
        env=given,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_program_started_by_the_shell_has_the_variables(tmp_path: Path) -> None:
    file = tmp_path / "merchant.env"
    hostile = {**KEYS, "HOLDFAST_CARD_VAULT": "sqlite:////tmp/the owner's $HOME `id`/cards"}
    with written(file, hostile):
        assert hostile.items() <= sourced(file).items()


def test_file_is_private_and_is_removed_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "merchant.env"
    with pytest.raises(KeyError), written(file, KEYS):  # noqa: PT012 - the error is the point
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_text().splitlines() == [f"export {name}='{value}'" for name, value in KEYS.items()]
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_codec_key_of_an_earlier_run_is_unset_when_nothing_is_encrypted(tmp_path: Path) -> None:
    file = tmp_path / "merchant.env"
    with written(file, {"TEMPORAL_ADDRESS": "127.0.0.1:7233"}):
        assert "HOLDFAST_CODEC_KEYS" not in sourced(file, HOLDFAST_CODEC_KEYS="old:key")
