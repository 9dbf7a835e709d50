"""The report of a process that cannot start."""

import sys

from holdfast.settings.errors import SettingsError


def startup_error(process: str, error: Exception) -> int:
    """Writes to stderr why a process cannot start, one line for each wrong variable.

    Returns:
        The exit status 2.
    """
    problems = error.problems if isinstance(error, SettingsError) else (error,)
    sys.stderr.writelines(f"{process}: {line}\n" for line in dict.fromkeys(map(str, problems)))
    return 2
