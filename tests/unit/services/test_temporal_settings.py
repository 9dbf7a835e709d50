"""Temporal's own variables: invalid values that the SDK ignores are refused, and empty ones are ignored."""

from pathlib import Path

import pytest

from holdfast.errors import TemporalSettingsError
from holdfast.temporal.connection import connect_config


def test_default_connection_is_the_local_server() -> None:
    config = connect_config()
    assert (config["target_host"], config["namespace"]) == ("localhost:7233", "default")


def test_empty_temporal_variable_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_TLS", "TEMPORAL_CONFIG_FILE"):
        monkeypatch.setenv(variable, "")
    config = connect_config()
    assert (config["target_host"], config["namespace"]) == ("localhost:7233", "default")


def test_profile_of_config_file_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "temporal.toml"
    file.write_text('[profile.cloud]\naddress = "temporal.example.com:7233"\nnamespace = "shop"\n')
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))
    monkeypatch.setenv("TEMPORAL_PROFILE", "cloud")
    config = connect_config()
    assert (config["target_host"], config["namespace"]) == ("temporal.example.com:7233", "shop")


def test_malformed_profile_file_is_named_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "temporal.toml"
    file.write_text('[profile.default]\napi_key = "secret\n')
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))
    with pytest.raises(TemporalSettingsError) as caught:
        connect_config()
    assert str(caught.value).startswith("TEMPORAL_CONFIG_FILE ")
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None
