"""The gateway's operations, one module for each."""
