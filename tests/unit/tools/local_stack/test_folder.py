"""The folder of a run: one run at a time, a new database each time, and no other files changed."""

import stat
from pathlib import Path

import pytest

from tools.local_stack.folder import FolderRefused, prepared


def test_new_folder_is_private(tmp_path: Path) -> None:
    with prepared(tmp_path / "new" / "run") as (folder, replaced):
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
        assert folder.log("worker").parent.is_dir()
        assert not replaced


def test_second_run_in_the_folder_is_refused(tmp_path: Path) -> None:
    with prepared(tmp_path / "run"):
        with pytest.raises(FolderRefused, match=r"another run uses .*run"):
            prepared(tmp_path / "run").__enter__()
        with prepared(tmp_path / "other"):
            pass


def test_next_run_replaces_everything_but_the_keys(tmp_path: Path) -> None:
    with prepared(tmp_path / "run") as (folder, _):
        wal = folder.database.with_name(folder.database.name + "-wal")
        for file in (folder.database, wal, folder.cards, folder.log("worker")):
            file.write_text("old")
        folder.keys.mkdir()
        (folder.keys / "client_id").write_text("kept")
    with prepared(tmp_path / "run") as (again, replaced):
        assert replaced
        assert not any(file.exists() for file in (again.database, wal, again.cards, again.log("worker")))
        assert (again.keys / "client_id").read_text() == "kept"


def test_folder_with_other_files_is_unchanged(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "other.log"
    log.parent.mkdir()
    log.write_text("other")
    tmp_path.chmod(0o755)
    with pytest.raises(FolderRefused, match="contains files of another program"):
        prepared(tmp_path).__enter__()
    assert log.read_text() == "other"
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_file_instead_of_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(FileExistsError):
        prepared(tmp_path / "run").__enter__()
