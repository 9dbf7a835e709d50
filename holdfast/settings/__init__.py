"""The rules of the environment variables, which the processes apply and `holdfast doctor` checks."""
