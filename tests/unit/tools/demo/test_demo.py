"""The demo itself, as a subprocess: it ends by itself, or by a signal, and leaves nothing running."""

import os
import signal
from pathlib import Path

from tests.support.tools.running_demo import children_of, demo, reads_proc, says
from tools.demo.scenarios import LAST_STORY, STORIES

pytestmark = reads_proc
NAMES = [story.name for story in (*STORIES, LAST_STORY)]
EVERYTHING = ("temporal", "simulator", "worker.py", "webhook.py", "codec_server.py")


def test_once_plays_every_story_and_ends_with_a_table_that_agrees(tmp_path: Path) -> None:
    with demo(tmp_path / "demo", "--once") as process:
        said, _ = process.communicate(timeout=110)
    assert process.returncode == 0, said
    table = said[said.index("payment ") :].splitlines()
    assert [line.split()[1] for line in table if line.startswith("✓")] == NAMES
    assert "✗" not in said
    assert said.rstrip().endswith(f"all {len(NAMES)} payments are where they should be")
    assert "\x1b" not in said
    assert children_of(tmp_path / "demo") == {}


def test_a_signal_leaves_nothing_running_and_the_next_run_works_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with demo(folder) as process:
            says(process, "→ AUTHORIZING")
            running = " ".join(children_of(folder).values())
            assert all(name in running for name in EVERYTHING), running
            process.send_signal(number)
            said, _ = process.communicate(timeout=60)
        assert process.returncode == 128 + number, said
        assert said.rstrip().endswith("ending everything ..."), said
        assert children_of(folder) == {}


def test_a_child_that_dies_ends_the_demo_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as process:
        says(process, "payments are on their way")
        (webhook,) = (pid for pid, command in children_of(folder).items() if "webhook.py" in command)
        os.kill(webhook, signal.SIGKILL)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 1, said
    last = said.splitlines()[-1]
    assert last.startswith("python -m tools.demo: webhook ended with status -9; it said last: ")
    assert last.endswith(f"(log: {folder.resolve() / 'logs' / 'webhook.log'})")
    assert children_of(folder) == {}


def test_a_second_demo_in_the_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as first:
        says(first, "starting Temporal")
        with demo(folder, "--once") as second:
            said, _ = second.communicate(timeout=60)
        assert second.returncode == 1
        where = folder.resolve()
        refusal = f"python -m tools.demo: another demo runs in {where}: end it, or name another --folder"
        assert said.splitlines() == [refusal]
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=60)
    assert children_of(folder) == {}
