"""Each wrong setting has a line of its own on stderr, and the process ends with status 2."""

import pytest

from holdfast.settings.errors import SettingsError, SettingsErrors, check_all
from services.startup_error import startup_error

FIRST = SettingsError("ANTOM_CLIENT_ID", "is missing")
SECOND = SettingsError("HOLDFAST_ACCOUNTS", "is not TOML")


def _raise(error: Exception) -> None:
    raise error


def test_every_problem_has_one_line_that_names_its_variable(capsys: pytest.CaptureFixture[str]) -> None:
    assert startup_error("worker.py", SettingsErrors([FIRST, SECOND, FIRST])) == 2
    assert capsys.readouterr().err == (
        "worker.py: ANTOM_CLIENT_ID is missing\nworker.py: HOLDFAST_ACCOUNTS is not TOML\n"
    )


def test_other_error_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert startup_error("worker.py", ConnectionError("no Temporal")) == 2
    assert capsys.readouterr().err == "worker.py: no Temporal\n"


def test_one_problem_is_raised_as_it_is() -> None:
    with pytest.raises(SettingsError) as caught:
        check_all(lambda: None, lambda: _raise(FIRST))
    assert caught.value is FIRST


def test_nested_problems_are_raised_together() -> None:
    with pytest.raises(SettingsErrors) as caught:
        check_all(lambda: check_all(lambda: _raise(FIRST)), lambda: _raise(SettingsErrors([SECOND, FIRST])))
    assert caught.value.problems == (FIRST, SECOND, FIRST)
    assert (caught.value.variable, str(caught.value)) == ("ANTOM_CLIENT_ID", f"{FIRST}; {SECOND}; {FIRST}")


def test_check_without_a_problem_raises_nothing() -> None:
    check_all(lambda: None)
