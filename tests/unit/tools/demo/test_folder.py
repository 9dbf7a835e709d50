"""The demo's folder: one demo at a time, a fresh database each, and nobody else's files touched."""

import stat
from pathlib import Path

import pytest

from tools.demo.folder import FolderRefused, prepared


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    with prepared(tmp_path / "new" / "demo") as (folder, replaced):
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
        assert folder.log("worker").parent.is_dir()
        assert not replaced


def test_two_demos_at_once_are_refused(tmp_path: Path) -> None:
    with prepared(tmp_path / "demo"):
        with pytest.raises(FolderRefused, match=r"another demo runs in .*demo"):
            prepared(tmp_path / "demo").__enter__()
        with prepared(tmp_path / "other"):
            pass


def test_the_next_demo_may_have_the_folder_and_replaces_what_the_last_one_left(tmp_path: Path) -> None:
    with prepared(tmp_path / "demo") as (folder, _):
        wal = folder.database.with_name(folder.database.name + "-wal")
        for file in (folder.database, wal, folder.cards, folder.log("worker")):
            file.write_text("old")
        folder.keys.mkdir()
        (folder.keys / "client_id").write_text("kept")
    with prepared(tmp_path / "demo") as (again, replaced):
        assert replaced
        assert not any(file.exists() for file in (again.database, wal, again.cards, again.log("worker")))
        assert (again.keys / "client_id").read_text() == "kept"


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "theirs.log"
    log.parent.mkdir()
    log.write_text("theirs")
    tmp_path.chmod(0o755)
    with pytest.raises(FolderRefused, match="holds what is not a demo's"):
        prepared(tmp_path).__enter__()
    assert log.read_text() == "theirs"
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_folder_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("")
    with pytest.raises(FileExistsError):
        prepared(tmp_path / "demo").__enter__()
