"""The checks of `holdfast doctor`: every setting, and what it leads to. No check prints a secret."""
