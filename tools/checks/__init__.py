"""The checks of `make check`: locked packages, known vulnerabilities, generated files."""
