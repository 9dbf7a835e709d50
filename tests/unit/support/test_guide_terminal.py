"""The shell of the guide's tests: it reports what fails, and leaves no process."""

import os
from pathlib import Path

import pytest

from tests.support.eventually import eventually
from tests.support.guide.terminal import terminal


async def test_lines_share_their_variables_and_their_folder(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    async with terminal(tmp_path, tmp_path) as shell:
        assert await shell.run("NAME=first\ncd inner\n") == ""
        assert await shell.run('echo "$NAME in $(basename "$PWD")"') == "first in inner\n"


async def test_program_that_reads_its_input_does_not_get_the_lines_after_it(tmp_path: Path) -> None:
    async with terminal(tmp_path, tmp_path) as shell:
        assert await shell.run("cat\necho done\n") == "done\n"


@pytest.mark.parametrize("failing", ["false", "false | cat", "exit 3"])
async def test_command_that_fails_is_reported_with_what_was_printed(tmp_path: Path, failing: str) -> None:
    async with terminal(tmp_path, tmp_path) as shell:
        with pytest.raises(AssertionError, match="printed before"):
            await shell.run(f"echo printed before\n{failing}\n")


async def test_program_that_still_runs_is_ended_with_the_block(tmp_path: Path) -> None:
    async with terminal(tmp_path, tmp_path, end_within=0.1) as shell:
        await shell.type("echo running as $BASHPID\nsleep 3600\n")
        pid = int(await shell.prints(r"running as (\d+)\n"))
    await eventually(lambda: not is_alive(pid))


async def test_settings_of_another_installation_are_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.example.com:7233")
    monkeypatch.setenv("npm_config_registry", "https://packages.example.com")
    async with terminal(tmp_path, tmp_path) as shell:
        seen = await shell.run('echo "${TEMPORAL_ADDRESS-none} $npm_config_registry"')
    assert seen == "none https://packages.example.com\n"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
