"""What is wrong with the settings of a process: everything at once, one line for each variable."""

from collections.abc import Callable, Iterable, Sequence


class SettingsError(Exception):
    """A variable breaks a rule. The message is one line that names the variable and never its value."""

    def __init__(self, variable: str, rule: str) -> None:
        super().__init__(f"{variable} {rule}")
        self.variable = variable
        self.rule = rule

    @property
    def problems(self) -> "Sequence[SettingsError]":
        """What is wrong with each variable; for one variable this error itself."""
        return (self,)


class SettingsErrors(SettingsError):
    """Several variables break their rules; `variable` and `rule` are those of the first one."""

    def __init__(self, problems: Sequence[SettingsError]) -> None:
        super().__init__(problems[0].variable, problems[0].rule)
        self.args = ("; ".join(map(str, problems)),)
        self._problems = tuple(problems)

    @property
    def problems(self) -> Sequence[SettingsError]:
        """What is wrong with each variable."""
        return self._problems


def check_all(*checks: Callable[[], object]) -> None:
    """Makes every check, and raises what all of them raise together.

    Raises:
        SettingsError: A check fails.
    """
    problems: list[SettingsError] = []
    for check in checks:
        try:
            check()
        except SettingsError as error:
            problems += error.problems
    raise_all(problems)


def raise_all(problems: Iterable[SettingsError]) -> None:
    """Raises the problems together; nothing where there is none."""
    if found := [*problems]:
        raise together(found)


def together(problems: Sequence[SettingsError]) -> SettingsError:
    """Returns one error for one or several problems."""
    return problems[0] if len(problems) == 1 else SettingsErrors(problems)
