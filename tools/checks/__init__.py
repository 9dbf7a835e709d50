"""Checks of the repository: generated files and lock files for `make check`, advisories for `make audit`."""
