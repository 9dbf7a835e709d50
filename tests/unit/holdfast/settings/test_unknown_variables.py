"""A misspelled variable is named, with the name that was probably meant, and without its value."""

from pathlib import Path

import pytest

from holdfast.cli.commands.pay import SHOP_URL
from holdfast.cli.doctor.check import Area, Level
from holdfast.cli.doctor.unknown_variables import unknown_variable_checks
from holdfast.cli.simulator import SIMULATOR_URL
from holdfast.settings import names
from holdfast.settings.unknown_variables import UnknownVariable, unknown_variables
from services.codec_server.settings import CodecSettings
from services.settings import Settings
from services.settings_reading import settings_or_exit

OTHERS = {SIMULATOR_URL, SHOP_URL, "HOLDFAST_VERSION"}


def test_known_variables_are_those_of_every_process_and_of_the_command_line() -> None:
    fields = {name.upper() for each in (Settings, CodecSettings) for name in each.model_fields}
    assert fields | OTHERS == names.KNOWN
    assert not [*unknown_variables(dict.fromkeys(names.KNOWN, "x"))]


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("HOLDFAST_CODEC_KEY", "HOLDFAST_CODEC_KEYS"),
        ("HOLDFAST_NOTIFYURL", "HOLDFAST_NOTIFY_URL"),
        ("holdfast_card_vault_key", "HOLDFAST_CARD_VAULT_KEYS"),
        ("ANTOM_PRIVATE_KEY_FILE", "ANTOM_MERCHANT_PRIVATE_KEY_FILE"),
        ("ANTOM_CLIENTID", "ANTOM_CLIENT_ID"),
        ("HOLDFAST_QQQ", None),
    ],
)
def test_misspelled_variable_is_named_with_the_nearest_known_name(wrong: str, meant: str | None) -> None:
    assert [*unknown_variables({wrong: "secret"})] == [UnknownVariable(wrong, meant)]


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "TEMPORAL_ADDRESS",
        "HOLDFAST_WEBHOOK_SERVICE_HOST",
        "HOLDFAST_WEBHOOK_SERVICE_PORT_HTTP",
        "HOLDFAST_WEBHOOK_PORT",
        "HOLDFAST_WEBHOOK_PORT_8080_TCP_ADDR",
    ],
)
def test_variables_of_others_are_left_alone(name: str) -> None:
    assert not [*unknown_variables({name: "x"})]


def test_variable_that_the_accounts_file_names_is_known(tmp_path: Path) -> None:
    file = tmp_path / "accounts.toml"
    file.write_text('[uk]\nmerchant_private_key_env = "ANTOM_KEY_OF_UK"\n')
    environment = {names.ACCOUNTS: str(file), "ANTOM_KEY_OF_UK": "x"}
    assert not [*unknown_variables(environment)]
    assert [*unknown_variables({**environment, names.ACCOUNTS: "/nowhere"})]


def test_process_warns_before_it_names_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HOLDFAST_CODEC_KEYS", raising=False)
    monkeypatch.setenv("HOLDFAST_CODEC_KEY", "secret")
    with pytest.raises(SystemExit):
        settings_or_exit("codec_server.py", CodecSettings)
    warning, *problems = capsys.readouterr().err.splitlines()
    assert warning == (
        "codec_server.py: warning: HOLDFAST_CODEC_KEY is not known, and nothing reads it: "
        "did you mean HOLDFAST_CODEC_KEYS?"
    )
    assert "codec_server.py: HOLDFAST_CODEC_KEYS is missing" in problems


def test_doctor_warns_in_the_area_of_the_variable() -> None:
    [check] = unknown_variable_checks({"HOLDFAST_CODEC_KEY": "secret"})
    assert (check.area, check.level, check.name) == (Area.ENCRYPTION, Level.WARNING, "HOLDFAST_CODEC_KEY")
    assert check.advice == "Did you mean HOLDFAST_CODEC_KEYS?"
    assert "secret" not in str(check)
