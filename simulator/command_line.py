"""A parser of command lines that names every invalid argument before it exits."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn


class AllErrorsParser(argparse.ArgumentParser):
    """Writes one line to stderr for each argument that is invalid or missing, and exits with status 2.

    `argparse` itself exits at the first one.
    """

    def __init__(self, *, prog: str, description: str) -> None:
        super().__init__(prog=prog, description=description)
        self._problems: list[str] = []

    def _get_value(self, action: argparse.Action, arg_string: str) -> object:
        """Converts an argument, which takes its default where it is invalid."""
        try:
            return super()._get_value(action, arg_string)
        except argparse.ArgumentError as error:
            self._problems.append(str(error))
            return action.default

    def parse_all(self, arguments: Sequence[str] | None = None) -> argparse.Namespace:
        """Returns the parsed arguments, by default those of the process."""
        options = self.parse_args(arguments)
        if self._problems:
            self._exit(self._problems)
        return options

    def error(self, message: str) -> NoReturn:
        """Exits with what was invalid before, and with this message, for example about a missing argument."""
        self._exit([*self._problems, message])

    def _exit(self, problems: Sequence[str]) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, "".join(f"{self.prog}: error: {problem}\n" for problem in problems))
