"""The error of a variable that breaks its rule."""


class SettingsError(Exception):
    """A variable breaks a rule. The message is one line that names the variable and never its value."""

    def __init__(self, variable: str, rule: str) -> None:
        super().__init__(f"{variable} {rule}")
        self.variable = variable
        self.rule = rule
