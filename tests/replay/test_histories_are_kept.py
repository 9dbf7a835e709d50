"""The histories of every scenario and version are stored, and none is changed after its recording."""

import shutil
from pathlib import Path

import pytest
from temporalio import workflow

from tests.replay import __main__ as recorder
from tests.support.replay.recording import FOLDER, recorded
from tests.support.replay.stored_histories import (
    LIST,
    current_version,
    differences,
    recorded_scenarios,
    released_versions,
)
from workflows import WORKFLOWS

VERSIONS = sorted(path.name for path in FOLDER.iterdir())


@pytest.mark.parametrize("version", VERSIONS)
def test_stored_histories_are_unchanged(version: str) -> None:
    wrong = list(differences(FOLDER / version))
    assert not wrong, f"{wrong}: restore them; `make histories` updates the list of an unreleased version"


def test_every_version_has_its_histories() -> None:
    assert {*released_versions(), current_version()} <= set(VERSIONS)
    assert all(recorded_scenarios(version) for version in VERSIONS)


def test_histories_contain_every_workflow_type() -> None:
    types = {recorded(path).workflow_type for path in (FOLDER / current_version()).glob("*.json.gz")}
    assert types == {workflow._Definition.must_from_class(each).name for each in WORKFLOWS}


def test_missing_unlisted_and_changed_histories_are_reported(tmp_path: Path) -> None:
    folder = tmp_path / "histories"
    shutil.copytree(FOLDER / current_version(), folder)
    first, second, third = sorted(folder.glob("*.json.gz"))[:3]
    first.unlink()
    second.write_bytes(third.read_bytes())
    shutil.copy(third, folder / "unlisted.json.gz")
    expected = {f"{first.name} is missing", f"{second.name} has changed", "unlisted.json.gz is not listed"}
    assert set(differences(folder)) == expected


def test_list_has_the_format_of_sha256sum() -> None:
    for line in (FOLDER / current_version() / LIST).read_text().splitlines():
        digest, name = line.split("  ")
        assert (len(digest), name.endswith(".json.gz")) == (64, True)


def test_released_version_is_not_recorded_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recorder, "released_versions", lambda: {current_version()})
    assert recorder.main() == 1
    assert "is released, and its histories stay as they are" in capsys.readouterr().err
