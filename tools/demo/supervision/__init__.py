"""Restarts a process that ends after the scenarios, and reports what happened to the open payments."""
